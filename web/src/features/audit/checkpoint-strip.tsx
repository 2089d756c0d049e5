import { useQuery } from "@tanstack/react-query";
import { isApiError } from "../../api/api-error";
import { auditCheckpointQuery } from "../../api/audit-checkpoint-query";
import { formatNumber } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { CopyButton } from "../../ui/copy-button";
import { Icon } from "../../ui/icon";
import { RelativeTime } from "../../ui/relative-time";
import styles from "./checkpoint-strip.module.css";
import { glanceAtCheckpoint } from "./verify/signed-note";

const shownRoot = 12;

/** The newest signed statement of the log's size and root. */
export function CheckpointStrip() {
  const { organizationId } = useSession();
  const { data: checkpoint, error, isPending } = useQuery(auditCheckpointQuery(organizationId));
  if (isPending) return <p className={styles["strip"]}>Reading the last checkpoint …</p>;
  if (checkpoint === undefined) {
    const isNone = isApiError(error) && error.status === 404;
    return <p className={styles["strip"]}>{isNone ? "No checkpoint yet: nothing was recorded, or the scheduler is not running." : "The last checkpoint could not be read."}</p>;
  }
  const root = glanceAtCheckpoint(checkpoint.note)?.root;
  return (
    <section className={styles["strip"]} aria-label="Last checkpoint">
      <Icon name="shield" />
      <dl className={styles["facts"]}>
        <div>
          <dt>Signed entries</dt>
          <dd>{formatNumber(checkpoint.size, readerLocale)}</dd>
        </div>
        <div>
          <dt>Last checkpoint</dt>
          <dd>
            <RelativeTime time={checkpoint.created_at} />
          </dd>
        </div>
        {root !== undefined && (
          <div>
            <dt>Root</dt>
            <dd>
              <code title={root}>{root.slice(0, shownRoot)}…</code>
            </dd>
          </div>
        )}
      </dl>
      <div className={styles["actions"]}>
        {checkpoint.vkeys.length > 0 && <CopyButton text={checkpoint.vkeys.join("\n")} label="Copy vkey" />}
        <CopyButton text={checkpoint.note} label="Copy checkpoint" />
      </div>
    </section>
  );
}
