import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import styles from "./key-dialog.module.css";

type Props = { name: string; onClose: () => void; onConfirm: () => void };

export function RevokeKeyDialog({ name, onClose, onConfirm }: Props) {
  return (
    <Dialog title="Revoke this key?" onClose={onClose}>
      <div className={styles["body"]}>
        <p>
          Whatever uses <strong>{name}</strong> is refused from now on. This cannot be undone.
        </p>
        <div className={styles["actions"]}>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" onClick={onConfirm}>
            Revoke
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
