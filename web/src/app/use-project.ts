import { useQuery } from "@tanstack/react-query";
import { facetsQuery } from "../api/facets-query";
import { projectsQuery } from "../api/projects-query";
import type { Project } from "../api/types";
import { useSession } from "../session/session-context";

type CurrentProject = { project: Project | undefined; hasEvents: boolean };

/** The project of the page, and whether anything was ever sent to it. */
export function useProject(projectId: string): CurrentProject {
  const { organizationId } = useSession();
  const { data: projects } = useQuery(projectsQuery(organizationId));
  const { data: facets } = useQuery(facetsQuery(organizationId, projectId));
  const project = projects?.find(({ id }) => id === projectId);
  const isKnownEmpty = project !== undefined && project.unresolved_count === 0 && project.events_24h === 0 && facets?.environments.length === 0;
  return { project, hasEvents: !isKnownEmpty };
}
