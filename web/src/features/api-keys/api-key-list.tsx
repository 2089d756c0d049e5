import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiKeysQuery } from "../../api/api-keys-query";
import { useRevokeApiKey } from "../../api/revoke-api-key";
import type { ApiKey } from "../../api/types";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { DataTable } from "../../ui/data-table";
import { Failure } from "../../ui/failure";
import { Icon } from "../../ui/icon";
import { IconButton } from "../../ui/icon-button";
import { Notice } from "../../ui/notice";
import { Panel } from "../../ui/panel";
import { RelativeTime } from "../../ui/relative-time";
import { Skeleton } from "../../ui/skeleton";
import { useToasts } from "../../ui/toasts";
import styles from "./api-key-list.module.css";
import { CreateKeyDialog } from "./create-key-dialog";
import { RevokeKeyDialog } from "./revoke-key-dialog";

type Task = { kind: "none" } | { kind: "create" } | { kind: "revoke"; key: ApiKey };

export function ApiKeyList() {
  const { organizationId, can } = useSession();
  const keys = useQuery(apiKeysQuery(organizationId));
  const revoke = useRevokeApiKey(organizationId);
  const toasts = useToasts();
  const [task, setTask] = useState<Task>({ kind: "none" });
  const close = () => setTask({ kind: "none" });

  const handleRevoke = (key: ApiKey) => {
    close();
    revoke.mutate(key.id, {
      onSuccess: () => toasts.show(`“${key.name}” is revoked`),
      onError: () => toasts.show(`“${key.name}” could not be revoked`),
    });
  };

  return (
    <Panel
      title="Valid keys"
      actions={
        can("api_key:write") && (
          <Button size="s" variant="primary" onClick={() => setTask({ kind: "create" })}>
            <Icon name="plus" /> Create a key
          </Button>
        )
      }
    >
      {keys.isPending && <Skeleton rows={3} height="line" label="Loading API keys" />}
      {keys.isError && <Failure error={keys.error} subject="the API keys" onRetry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && (
        <Notice icon="key" title="No API key yet">
          A key lets a script or a tool read and change what its scopes allow, in this organization only.
        </Notice>
      )}
      {keys.data !== undefined && keys.data.length > 0 && (
        <DataTable
          caption="API keys"
          columns={[{ title: "Name" }, { title: "Scopes" }, { title: "Created" }, { title: "Last used" }, { title: "Expires" }, { title: "Revoke", isHidden: true }]}
          rows={keys.data.map((key) => ({
            key: key.id,
            cells: [
              <strong key="name" className={styles["name"]}>
                {key.name}
              </strong>,
              <span key="scopes" className={styles["scopes"]}>
                {key.scopes.join(", ")}
              </span>,
              <RelativeTime key="created" time={key.created_at} />,
              key.last_used_at === null ? "never" : <RelativeTime key="used" time={key.last_used_at} />,
              key.expires_at === null ? "never" : <time key="expires" dateTime={key.expires_at}>{key.expires_at.slice(0, 10)}</time>,
              can("api_key:write") ? <IconButton key="revoke" icon="trash" label={`Revoke ${key.name}`} onClick={() => setTask({ kind: "revoke", key })} /> : null,
            ],
          }))}
        />
      )}
      {task.kind === "create" && <CreateKeyDialog onClose={close} />}
      {task.kind === "revoke" && <RevokeKeyDialog name={task.key.name} onClose={close} onConfirm={() => handleRevoke(task.key)} />}
    </Panel>
  );
}
