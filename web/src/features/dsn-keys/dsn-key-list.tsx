import { useQuery } from "@tanstack/react-query";
import { dsnKeysQuery } from "../../api/dsn-keys-query";
import { useSession } from "../../session/session-context";
import { Badge } from "../../ui/badge";
import { CopyField } from "../../ui/copy-field";
import { Failure } from "../../ui/failure";
import { Notice } from "../../ui/notice";
import { RelativeTime } from "../../ui/relative-time";
import { Skeleton } from "../../ui/skeleton";
import styles from "./dsn-key-list.module.css";

type Props = { projectId: string };

const toneOf = (state: string) => (state === "active" ? "good" : state === "grace" ? "care" : "quiet");

export function DsnKeyList({ projectId }: Props) {
  const { organizationId } = useSession();
  const keys = useQuery(dsnKeysQuery(organizationId, projectId));
  if (keys.isPending) return <Skeleton rows={2} height="line" label="Loading DSN keys" />;
  if (keys.isError) return <Failure error={keys.error} subject="the DSN keys" onRetry={() => void keys.refetch()} />;
  if (keys.data.length === 0) return <Notice icon="key" title="No DSN key">Without a key no SDK can send to this project.</Notice>;
  return (
    <ul className={styles["keys"]}>
      {keys.data.map((key) => (
        <li key={key.id}>
          <div className={styles["head"]}>
            <h2>{key.label}</h2>
            <Badge tone={toneOf(key.state)}>{key.state}</Badge>
            <span className={styles["age"]}>
              created <RelativeTime time={key.created_at} />
            </span>
          </div>
          <CopyField value={key.dsn} label={`DSN of ${key.label}`} />
        </li>
      ))}
    </ul>
  );
}
