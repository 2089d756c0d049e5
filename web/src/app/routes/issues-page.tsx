import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { FirstEventWatch } from "../../features/first-steps/first-event-watch";
import { FirstSteps } from "../../features/first-steps/first-steps";
import { IssueList } from "../../features/issues/issue-list";
import { parseIssueSearch, shortIssueSearch } from "../../features/issues/issue-search";
import { rememberIssueSearch } from "../last-issue-search";
import { usePageTitle } from "../use-page-title";
import { useProject } from "../use-project";

const route = getRouteApi("/shell/projects/$projectId/issues");

export function IssuesPage() {
  const { projectId } = route.useParams();
  const search = parseIssueSearch(route.useSearch());
  const shortSearch = shortIssueSearch(search);
  const navigate = route.useNavigate();
  const { project, hasEvents } = useProject(projectId);
  // Follows the address, for the way back from an issue.
  useEffect(() => rememberIssueSearch(projectId, shortSearch));
  usePageTitle(project === undefined ? "Issues" : `Issues · ${project.name}`);
  return (
    <>
      <h1 className="visually-hidden">Issues</h1>
      <IssueList
        key={projectId}
        projectId={projectId}
        search={search}
        hasEvents={hasEvents}
        firstSteps={project !== undefined && <FirstSteps project={project} waiting={<FirstEventWatch projectId={projectId} />} />}
        onSearch={(next) => void navigate({ search: shortIssueSearch(next) })}
      />
    </>
  );
}
