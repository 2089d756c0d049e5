import { Link } from "@tanstack/react-router";
import type { AuditRecord } from "../../api/types";
import styles from "./audit-table.module.css";
import { kindWords } from "./audit-words";

type Props = { record: AuditRecord };

const shortId = (id: string): string => (id.length > 12 ? `…${id.slice(-8)}` : id);
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** What was acted on, as a link where this dashboard has a page for it. */
export function TargetLink({ record: { target, details } }: Props) {
  if (target === null) return <span className={styles["nothing"]}>—</span>;
  const projectId = textOf(details["project_id"]);
  const issueId = textOf(details["issue_id"]);
  const label = (
    <>
      {kindWords(target.kind)} <code title={target.id}>{shortId(target.id)}</code>
    </>
  );
  if (target.kind === "issue" && projectId !== null) {
    return (
      <Link to="/projects/$projectId/issues/$issueId" params={{ projectId, issueId: target.id }} className={styles["link"]}>
        {label}
      </Link>
    );
  }
  if (target.kind === "event" && projectId !== null && issueId !== null) {
    return (
      <Link to="/projects/$projectId/issues/$issueId" params={{ projectId, issueId }} search={{ event: target.id }} className={styles["link"]}>
        {label}
      </Link>
    );
  }
  if (target.kind === "project") {
    return (
      <Link to="/projects/$projectId/issues" params={{ projectId: target.id }} className={styles["link"]}>
        {label}
      </Link>
    );
  }
  if (target.kind === "dsn_key" && projectId !== null) {
    return (
      <Link to="/projects/$projectId/settings/keys" params={{ projectId }} className={styles["link"]}>
        {label}
      </Link>
    );
  }
  if (target.kind === "api_key") {
    return (
      <Link to="/organization/api-keys" className={styles["link"]}>
        {label}
      </Link>
    );
  }
  return <span>{label}</span>;
}
