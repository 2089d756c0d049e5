import { useQuery } from "@tanstack/react-query";
import { auditExportsQuery } from "../../api/audit-exports-query";
import type { AuditExport } from "../../api/types";
import { assertNever } from "../../format/assert-never";
import { formatBytes } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { Badge } from "../../ui/badge";
import { Failure } from "../../ui/failure";
import { RelativeTime } from "../../ui/relative-time";
import { Skeleton } from "../../ui/skeleton";
import styles from "./audit-dialog.module.css";
import { actionWords } from "./audit-words";

const shown = 8;

function describeFilter({ filters, with_disclosures }: AuditExport): string {
  const { action, since, until } = filters;
  const parts = [
    action === undefined ? "All actions" : actionWords(action),
    ...(since === undefined ? [] : [`from ${new Date(since).toLocaleDateString(readerLocale)}`]),
    ...(until === undefined ? [] : [`until ${new Date(new Date(until).getTime() - 1).toLocaleDateString(readerLocale)}`]),
    ...(with_disclosures ? ["with personal fields"] : []),
  ];
  return parts.join(", ");
}

export function ExportList() {
  const { organizationId } = useSession();
  const exports = useQuery(auditExportsQuery(organizationId));
  if (exports.isPending) return <Skeleton rows={2} height="line" label="Loading exports" />;
  if (exports.isError) return <Failure error={exports.error} subject="the exports" onRetry={() => void exports.refetch()} />;
  if (exports.data.length === 0) return null;
  return (
    <section className={styles["recent"]} aria-label="Recent exports">
      <h3>Recent exports</h3>
      <ul>
        {exports.data.slice(0, shown).map((job) => (
          <li key={job.id} className={styles["job"]}>
            <span className={styles["what"]}>
              {describeFilter(job)}
              <span className={styles["when"]}>
                <RelativeTime time={job.created_at} />
                {job.size_bytes !== null && ` · ${formatBytes(job.size_bytes, readerLocale)}`}
              </span>
            </span>
            <ExportState job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ExportState({ job }: { job: AuditExport }) {
  switch (job.state) {
    case "waiting":
      return <progress className={styles["progress"]} aria-label="Export progress" />;
    case "running":
      return (
        <progress className={styles["progress"]} aria-label="Export progress" value={job.progress} max={100}>
          {job.progress} %
        </progress>
      );
    case "done":
      return job.download_url === null ? (
        <Badge>Expired</Badge>
      ) : (
        <a className={styles["download"]} href={job.download_url} download>
          Download
        </a>
      );
    case "failed":
      return <Badge tone="bad">Failed</Badge>;
    case "expired":
      return <Badge>Expired</Badge>;
    default:
      return assertNever(job.state);
  }
}
