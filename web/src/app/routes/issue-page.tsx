import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { issueQuery } from "../../api/issue-query";
import { IssueHeader } from "../../features/issue/issue-header";
import { IssueStats } from "../../features/issue/issue-stats";
import { TagBars } from "../../features/issue/tag-bars";
import { useLiveIssue } from "../../features/issue/use-live-issue";
import { formatToken } from "../../features/issues/query-tokens";
import { useTriage } from "../../features/issues/use-triage";
import { useSession } from "../../session/session-context";
import { Failure } from "../../ui/failure";
import { useShortcuts } from "../../ui/shortcuts/use-shortcuts";
import { Skeleton } from "../../ui/skeleton";
import { lastIssueSearch } from "../last-issue-search";
import { usePageTitle } from "../use-page-title";
import { EventRegion } from "./event-region";
import styles from "./issue-page.module.css";

const route = getRouteApi("/shell/projects/$projectId/issues/$issueId");

export function IssuePage() {
  const { projectId, issueId } = route.useParams();
  const { event: eventId } = route.useSearch();
  const navigate = route.useNavigate();
  const { organizationId, can } = useSession();
  const query = useQuery(issueQuery(organizationId, issueId));
  const triage = useTriage(organizationId, projectId);
  useLiveIssue(projectId, issueId);
  const issue = query.data;
  usePageTitle(issue === undefined ? "Issue" : `${issue.short_id} ${issue.title}`);

  const handleToggle = (status: "resolved" | "ignored") => {
    if (issue !== undefined && can("issue:write")) triage([issue], issue.status === status ? "unresolved" : status);
  };
  useShortcuts({
    resolve: () => handleToggle("resolved"),
    ignore: () => handleToggle("ignored"),
    backToList: () => void navigate({ to: "/projects/$projectId/issues", params: { projectId }, search: lastIssueSearch(projectId) }),
  });

  if (query.isPending) return <Skeleton rows={8} label="Loading the issue" />;
  if (issue === undefined) return <Failure error={query.error} subject="this issue" onRetry={() => void query.refetch()} />;
  return (
    <div className={styles["page"]}>
      <IssueHeader issue={issue} canWrite={can("issue:write")} onChange={(status) => triage([issue], status)} />
      <div className={styles["columns"]}>
        <div className={styles["stats"]}>
          <IssueStats issue={issue} />
        </div>
        <aside className={styles["rail"]} aria-label="Tags of this issue">
          <TagBars projectId={projectId} tags={issue.tags} toQuery={formatToken} />
        </aside>
        <div className={styles["event"]}>
          <EventRegion issueId={issueId} eventId={eventId ?? null} shortId={issue.short_id} onGo={(event) => void navigate({ search: { event }, resetScroll: false })} />
        </div>
      </div>
    </div>
  );
}
