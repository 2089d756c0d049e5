import { useState, type SyntheticEvent } from "react";
import { useCreateApiKey } from "../../api/create-api-key";
import type { Scope } from "../../api/types";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { CopyField } from "../../ui/copy-field";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/text-field";
import styles from "./key-dialog.module.css";

type Props = { onClose: () => void };

const lifetimes = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
];

/** The secret lives in this component only: closing the dialog forgets it. */
export function CreateKeyDialog({ onClose }: Props) {
  const { organizationId, scopes: ownScopes } = useSession();
  const create = useCreateApiKey(organizationId);
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(ownScopes.filter((scope) => scope.endsWith(":read"))));

  const handleScope = (scope: Scope) => {
    const after = new Set(scopes);
    if (!after.delete(scope)) after.add(scope);
    setScopes(after);
  };
  const handleSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = form.get("name");
    if (typeof name === "string") create.mutate({ name: name.trim(), scopes: [...scopes], expires_in_days: Number(form.get("lifetime")) });
  };

  if (create.data !== undefined) {
    return (
      <Dialog title="Your new key" onClose={onClose}>
        <div className={styles["body"]}>
          <p className={styles["once"]}>Copy it now: it is shown this once, and only its hash is kept.</p>
          <CopyField value={create.data.secret} label="API key" />
          <div className={styles["actions"]}>
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Create an API key" onClose={onClose}>
      <form className={styles["body"]} onSubmit={handleSubmit}>
        <TextField label="Name" name="name" required maxLength={100} autoComplete="off" autoFocus hint="What will use it, so that you know what breaks when it goes." />
        <fieldset className={styles["scopes"]}>
          <legend>Scopes</legend>
          {ownScopes.map((scope) => (
            <label key={scope} className={styles["scope"]}>
              <input type="checkbox" checked={scopes.has(scope)} onChange={() => handleScope(scope)} />
              <code>{scope}</code>
            </label>
          ))}
        </fieldset>
        <label className={styles["select"]}>
          Expires after
          <select name="lifetime" defaultValue={90}>
            {lifetimes.map(({ days, label }) => (
              <option key={days} value={days}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {create.isError && (
          <p role="alert" className={styles["problem"]}>
            The key could not be created.
          </p>
        )}
        <div className={styles["actions"]}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending || scopes.size === 0}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
