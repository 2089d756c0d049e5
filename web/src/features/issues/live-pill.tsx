import { Icon } from "../../ui/icon";
import styles from "./live-pill.module.css";
import type { LiveChanges } from "./use-live-issues";

type Props = { changes: LiveChanges; onShow: () => void };

export function LivePill({ changes, onShow }: Props) {
  const { added, changed } = changes;
  const text = [added > 0 && `${added} new`, changed > 0 && `${changed} updated`].filter(Boolean).join(", ");
  return (
    <div role="status" className={styles["place"]}>
      {text !== "" && (
        <button type="button" className={styles["pill"]} onClick={onShow}>
          <Icon name="arrowUp" />
          {text}
        </button>
      )}
    </div>
  );
}
