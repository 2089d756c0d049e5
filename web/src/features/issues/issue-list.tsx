import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRef, useState, type ReactNode } from "react";
import { isApiError } from "../../api/api-error";
import { facetsQuery } from "../../api/facets-query";
import { issuesQuery } from "../../api/issues-query";
import type { Facets, Issue } from "../../api/types";
import { formatNumber, plural } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { Button } from "../../ui/button";
import { Failure } from "../../ui/failure";
import { useShortcuts } from "../../ui/shortcuts/use-shortcuts";
import { Skeleton } from "../../ui/skeleton";
import { BulkBar } from "./bulk-bar";
import styles from "./issue-list.module.css";
import type { IssueSearch } from "./issue-search";
import { IssueTable } from "./issue-table";
import { IssueToolbar } from "./issue-toolbar";
import { LivePill } from "./live-pill";
import { NoMatches } from "./no-matches";
import { readToken } from "./query-tokens";
import { focusedIssueId, focusNeighbour, keepFocusPlace, openFocusedRow } from "./row-focus";
import { SearchBar } from "./search-bar";
import { useLiveIssues } from "./use-live-issues";
import { useTriage } from "./use-triage";

type Props = { projectId: string; search: IssueSearch; firstSteps: ReactNode; hasEvents: boolean; onSearch: (search: IssueSearch) => void };

const noFacets: Facets = { levels: [], environments: [], releases: [], tags: [] };
const noIssues: ReadonlySet<string> = new Set();

/** An issue whose status was just changed leaves a list of another status before the server has answered. */
const fits = (issue: Issue, wanted: string | null): boolean =>
  wanted === null || wanted === issue.status || (issue.status === "unresolved" && !["resolved", "ignored"].includes(wanted));

const describeProblem = (error: unknown): string => {
  const position = isApiError(error) ? error.position : null;
  return position === null ? "This search cannot be read." : `This search cannot be read from character ${position + 1} on.`;
};

export function IssueList({ projectId, search, firstSteps, hasEvents, onSearch }: Props) {
  const { organizationId, can } = useSession();
  const list = useInfiniteQuery(issuesQuery(organizationId, projectId, search));
  const { data: facets = noFacets } = useQuery(facetsQuery(organizationId, projectId));
  const triage = useTriage(organizationId, projectId);
  const [selected, setSelected] = useState(noIssues);
  const body = useRef<HTMLTableSectionElement>(null);

  const wanted = readToken(search.query, "is");
  const issues = (list.data?.pages ?? []).flatMap((page) => page.items).filter((issue) => fits(issue, wanted));
  const live = useLiveIssues(projectId, { askedAt: list.data?.pages[0]?.askedAt ?? 0, issueIds: issues.map(({ id }) => id) });
  const chosen = issues.filter(({ id }) => selected.has(id));
  const lastPage = list.data?.pages.at(-1);

  const handleSelect = (issueId: string) =>
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(issueId)) after.add(issueId);
      return after;
    });
  const handleSelectAll = () => setSelected(chosen.length === issues.length ? noIssues : new Set(issues.map(({ id }) => id)));
  const handleStatus = (status: Issue["status"], subjects: readonly Issue[]) => {
    if (!can("issue:write")) return;
    keepFocusPlace(body.current);
    triage(subjects, status);
    setSelected(noIssues);
  };
  const handleToggle = (status: "resolved" | "ignored") => {
    const focused = focusedIssueId(body.current);
    const subjects = chosen.length > 0 ? chosen : issues.filter(({ id }) => id === focused);
    const isDone = subjects.length > 0 && subjects.every((issue) => issue.status === status);
    handleStatus(isDone ? "unresolved" : status, subjects);
  };
  const handleShowLive = () => {
    void list.refetch();
    window.scrollTo({ top: 0 });
  };

  useShortcuts({
    nextIssue: () => focusNeighbour(body.current, 1),
    previousIssue: () => focusNeighbour(body.current, -1),
    openIssue: () => openFocusedRow(body.current),
    selectIssue: () => {
      const focused = focusedIssueId(body.current);
      if (focused !== null) handleSelect(focused);
    },
    resolve: () => handleToggle("resolved"),
    ignore: () => handleToggle("ignored"),
  });

  const isBadQuery = isApiError(list.error) && list.error.status === 400;
  if (list.isSuccess && issues.length === 0 && !hasEvents) return firstSteps;
  return (
    <div className={styles["page"]}>
      <div className={styles["controls"]}>
        <SearchBar
          key={search.query}
          query={search.query}
          facets={facets}
          problem={isBadQuery ? describeProblem(list.error) : null}
          onSearch={(query) => onSearch({ ...search, query })}
        />
        <IssueToolbar search={search} facets={facets} onChange={onSearch} />
      </div>
      <LivePill changes={live} onShow={handleShowLive} />
      {list.isPending && <Skeleton rows={9} label="Loading issues" />}
      {list.isError && list.data === undefined && !isBadQuery && <Failure error={list.error} subject="these issues" onRetry={() => void list.refetch()} />}
      {list.isSuccess && issues.length === 0 && <NoMatches onReset={() => onSearch({ ...search, query: "" })} query={search.query} />}
      {issues.length > 0 && (
        <>
          <IssueTable issues={issues} selected={selected} bodyRef={body} onSelect={handleSelect} onSelectAll={handleSelectAll} />
          <footer className={styles["footer"]}>
            <span>
              {formatNumber(issues.length, readerLocale)} of {formatNumber(Math.max(lastPage?.total ?? 0, issues.length), readerLocale)}
              {lastPage?.total_is_capped === true && "+"} {plural(lastPage?.total ?? 0, "issue")}
            </span>
            {list.hasNextPage && (
              <Button size="s" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {list.isFetchingNextPage ? "Loading …" : "Show more"}
              </Button>
            )}
          </footer>
        </>
      )}
      {chosen.length > 0 && can("issue:write") && <BulkBar count={chosen.length} onChange={(status) => handleStatus(status, chosen)} onClear={() => setSelected(noIssues)} />}
    </div>
  );
}
