import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { projectsQuery } from "../../api/projects-query";
import { useSession } from "../../session/session-context";
import { Failure } from "../../ui/failure";
import { Skeleton } from "../../ui/skeleton";
import { lastProjectId } from "../last-project";

export function HomePage() {
  const { organizationId } = useSession();
  const projects = useQuery(projectsQuery(organizationId));
  if (projects.isPending) return <Skeleton rows={6} label="Loading projects" />;
  if (projects.isError) return <Failure error={projects.error} subject="the projects" onRetry={() => void projects.refetch()} />;
  const remembered = lastProjectId();
  const project = projects.data.find(({ id }) => id === remembered) ?? projects.data[0];
  return project === undefined ? <Navigate to="/projects/new" replace /> : <Navigate to="/projects/$projectId/issues" params={{ projectId: project.id }} replace />;
}
