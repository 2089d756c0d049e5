import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditRecordsQuery } from "../../api/audit-records-query";
import { membersQuery } from "../../api/members-query";
import { formatNumber, plural } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { Failure } from "../../ui/failure";
import { Notice } from "../../ui/notice";
import { Skeleton } from "../../ui/skeleton";
import { Stack } from "../../ui/stack";
import styles from "./audit-log.module.css";
import { filterOf, isFiltered, type AuditSearch } from "./audit-search";
import { AuditTable } from "./audit-table";
import { AuditToolbar } from "./audit-toolbar";
import { CheckpointStrip } from "./checkpoint-strip";
import { ExportDialog } from "./export-dialog";
import { VerifyDialog } from "./verify-dialog";

type Props = { search: AuditSearch; onSearch: (search: AuditSearch) => void };

export function AuditLog({ search, onSearch }: Props) {
  const { organizationId, user, can } = useSession();
  const list = useInfiniteQuery(auditRecordsQuery(organizationId, search, () => filterOf(search, new Date())));
  const { data: members = [] } = useQuery({ ...membersQuery(organizationId), enabled: can("member:read") });
  const [dialog, setDialog] = useState<"none" | "export" | "verify">("none");
  const people = { ownId: user.id, members };
  const records = (list.data?.pages ?? []).flatMap((page) => page.items);
  const close = () => setDialog("none");

  return (
    <Stack gap="l">
      <CheckpointStrip />
      <div className={styles["controls"]}>
        <AuditToolbar search={search} people={people} onChange={onSearch} />
        <div className={styles["actions"]}>
          <Button onClick={() => setDialog("verify")}>Verify a bundle</Button>
          {can("audit:export") && (
            <Button variant="primary" onClick={() => setDialog("export")}>
              Export
            </Button>
          )}
        </div>
      </div>
      {list.isPending && <Skeleton rows={8} label="Loading audit records" />}
      {list.isError && list.data === undefined && <Failure error={list.error} subject="the audit log" onRetry={() => void list.refetch()} />}
      {list.isSuccess && records.length === 0 && (
        <Notice icon="shield" title={isFiltered(search) ? "No record matches" : "Nothing recorded yet"} action={isFiltered(search) ? <Button onClick={() => onSearch({})}>Clear the filters</Button> : undefined}>
          {isFiltered(search) ? "Nothing of this kind was recorded in this time." : "Who signs in, looks at events or changes something is recorded here, and cannot be changed afterwards."}
        </Notice>
      )}
      {records.length > 0 && (
        <div>
          <AuditTable records={records} people={people} onNarrow={onSearch} />
          <footer className={styles["footer"]}>
            <span>
              {formatNumber(records.length, readerLocale)} {plural(records.length, "record")}
              {list.hasNextPage && ", newest first"}
            </span>
            {list.hasNextPage && (
              <Button size="s" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {list.isFetchingNextPage ? "Loading …" : "Show more"}
              </Button>
            )}
          </footer>
        </div>
      )}
      {dialog === "export" && <ExportDialog search={search} onClose={close} />}
      {dialog === "verify" && <VerifyDialog onClose={close} />}
    </Stack>
  );
}
