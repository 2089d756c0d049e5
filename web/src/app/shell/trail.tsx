import { useQuery } from "@tanstack/react-query";
import { Link, useMatches } from "@tanstack/react-router";
import { issueQuery } from "../../api/issue-query";
import { projectsQuery } from "../../api/projects-query";
import { useSession } from "../../session/session-context";
import { lastIssueSearch } from "../last-issue-search";
import styles from "./trail.module.css";

type Props = { projectId: string | null };

const pageNames: Record<string, string> = {
  "/shell/projects/new": "New project",
  "/shell/projects/$projectId/issues": "Issues",
  "/shell/projects/$projectId/first-steps": "First steps",
  "/shell/projects/$projectId/usage": "Usage",
  "/shell/projects/$projectId/settings/keys": "DSN keys",
  "/shell/organization/api-keys": "API keys",
  "/shell/organization/audit": "Audit",
};

/** Where the reader is: project, page, issue. */
export function Trail({ projectId }: Props) {
  const { organizationId, organization } = useSession();
  const { data: projects } = useQuery(projectsQuery(organizationId));
  const page = useMatches().at(-1);
  const issueId = page !== undefined && "issueId" in page.params ? page.params.issueId : null;
  const { data: issue } = useQuery({ ...issueQuery(organizationId, issueId ?? ""), enabled: issueId !== null });
  const owner = projectId === null ? organization.name : (projects?.find(({ id }) => id === projectId)?.name ?? "");
  return (
    <nav aria-label="Breadcrumb" className={styles["trail"]}>
      <ol className={styles["list"]}>
        <li className={styles["owner"]}>{owner}</li>
        {issueId !== null && projectId !== null && (
          <>
            <li className={styles["step"]}>
              <Link to="/projects/$projectId/issues" params={{ projectId }} search={lastIssueSearch(projectId)} className={styles["link"]}>
                Issues
              </Link>
            </li>
            <li className={styles["step"]} aria-current="page">
              {issue?.short_id ?? "…"}
            </li>
          </>
        )}
        {issueId === null && page !== undefined && pageNames[page.routeId] !== undefined && (
          <li className={styles["step"]} aria-current="page">
            {pageNames[page.routeId]}
          </li>
        )}
      </ol>
    </nav>
  );
}
