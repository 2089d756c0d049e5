import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { projectsQuery } from "../../api/projects-query";
import { FirstEventWatch } from "../../features/first-steps/first-event-watch";
import { FirstSteps } from "../../features/first-steps/first-steps";
import { useSession } from "../../session/session-context";
import { Failure } from "../../ui/failure";
import { Skeleton } from "../../ui/skeleton";
import { usePageTitle } from "../use-page-title";

const route = getRouteApi("/shell/projects/$projectId/first-steps");

export function FirstStepsPage() {
  const { projectId } = route.useParams();
  const { organizationId } = useSession();
  const projects = useQuery(projectsQuery(organizationId));
  usePageTitle("First steps");
  if (projects.isPending) return <Skeleton rows={6} label="Loading the project" />;
  const project = projects.data?.find(({ id }) => id === projectId);
  if (project === undefined) return <Failure error={projects.error ?? { status: 404, code: "not_found" }} subject="this project" onRetry={() => void projects.refetch()} />;
  return <FirstSteps key={project.id} project={project} waiting={<FirstEventWatch projectId={project.id} />} />;
}
