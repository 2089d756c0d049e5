import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditCheckpointQuery } from "../../api/audit-checkpoint-query";
import { useSession } from "../../session/session-context";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import styles from "./audit-dialog.module.css";
import { BundleVerdict, type Verification } from "./bundle-verdict";
import { judgeBundle } from "./verify/judge-bundle";

type Props = { onClose: () => void };

/** Nothing of the bundle leaves the browser. */
export function VerifyDialog({ onClose }: Props) {
  const { organizationId } = useSession();
  const { data: checkpoint } = useQuery(auditCheckpointQuery(organizationId));
  const [ownKeys, setOwnKeys] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const [verification, setVerification] = useState<Verification>({ state: "none" });
  const serverKeys = checkpoint?.vkeys.join("\n") ?? "";
  const keys = ownKeys ?? serverKeys;

  const handleFile = (file: File | undefined) => {
    if (file === undefined) return;
    setVerification({ state: "running", name: file.name, done: 0, total: 0 });
    void judgeBundle(file, keys.split("\n"), (done, total) => setVerification({ state: "running", name: file.name, done, total })).then((verdict) =>
      setVerification({ ...verdict, name: file.name, isServersKey: keys.trim() === serverKeys.trim() }),
    );
  };
  // A verdict is about the keys it was reached with.
  const handleKeys = (text: string) => {
    setOwnKeys(text);
    setVerification({ state: "none" });
  };
  return (
    <Dialog title="Verify a bundle" onClose={onClose}>
      <div className={styles["body"]}>
        <p className={styles["lead"]}>Checked here, by your browser: the bundle is not sent anywhere.</p>
        <label className={styles["keys"]}>
          Trusted verifier keys
          <textarea value={keys} onChange={({ target }) => handleKeys(target.value)} spellCheck={false} autoComplete="off" aria-describedby="verify-keys-hint" />
          <span id="verify-keys-hint" className={styles["hint"]}>
            Filled in by this server. To verify against the server too, put in the key from your contract or an earlier audit instead.
          </span>
        </label>
        <label
          className={styles["drop"]}
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            handleFile(event.dataTransfer.files[0]);
          }}
        >
          <Icon name="inbox" />
          <span>
            <strong>Choose a bundle</strong> or drop it here
          </span>
          <input
            type="file"
            accept=".zip,application/zip"
            aria-label="Bundle"
            className="visually-hidden"
            onChange={({ target }) => {
              handleFile(target.files?.[0]);
              target.value = "";
            }}
          />
        </label>
        <div aria-live="polite">
          <BundleVerdict verification={verification} />
        </div>
      </div>
    </Dialog>
  );
}
