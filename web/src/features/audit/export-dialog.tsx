import { useState, type SyntheticEvent } from "react";
import { isApiError } from "../../api/api-error";
import { useCreateAuditExport } from "../../api/create-audit-export";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/text-field";
import styles from "./audit-dialog.module.css";
import { filterOf, parseAuditSearch, type AuditSearch } from "./audit-search";
import { actionGroups } from "./audit-words";
import { ExportList } from "./export-list";

type Props = { search: AuditSearch; onClose: () => void };

const fieldOf = (form: FormData, name: string): string | undefined => {
  const value = form.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
};

export function ExportDialog({ search, onClose }: Props) {
  const { organizationId, can } = useSession();
  const create = useCreateAuditExport(organizationId);
  const [isWithPersonal, setIsWithPersonal] = useState(false);
  const handleSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = parseAuditSearch({ action: fieldOf(form, "action"), from: fieldOf(form, "from"), to: fieldOf(form, "to") });
    create.mutate({ ...filterOf(wanted, new Date()), with_disclosures: isWithPersonal });
  };
  return (
    <Dialog title="Export the audit log" onClose={onClose}>
      <div className={styles["body"]}>
        <form className={styles["form"]} onSubmit={handleSubmit}>
          <p className={styles["lead"]}>A zip with the entries, their proofs and the signed checkpoint. An auditor can verify it without us and without this server.</p>
          <div className={styles["columns"]}>
            <TextField label="From" name="from" type="date" defaultValue={search.from} />
            <TextField label="To" name="to" type="date" defaultValue={search.to} />
          </div>
          <label className={styles["select"]}>
            Action
            <select name="action" defaultValue={search.action ?? ""}>
              <option value="">All actions: proves that none is missing</option>
              {actionGroups.map(({ resource, actions }) => (
                <optgroup key={resource} label={resource}>
                  {actions.map(([label, words]) => (
                    <option key={label} value={label}>
                      {words}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </label>
          {can("audit:read") && (
            <label className={styles["check"]}>
              <input type="checkbox" checked={isWithPersonal} onChange={() => setIsWithPersonal(!isWithPersonal)} />
              <span>Include personal fields, such as addresses, as far as they are not erased</span>
            </label>
          )}
          {create.isError && (
            <p role="alert" className={styles["problem"]}>
              The export could not be started. <code>{isApiError(create.error) ? create.error.code : "dashboard_error"}</code>
            </p>
          )}
          <div className={styles["actions"]}>
            <Button type="submit" variant="primary" disabled={create.isPending}>
              {create.isPending ? "Starting …" : "Start the export"}
            </Button>
          </div>
        </form>
        <ExportList />
      </div>
    </Dialog>
  );
}
