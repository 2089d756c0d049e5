import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";

export const facetsQuery = (organizationId: string, projectId: string) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "facets", projectId],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/projects/{project_id}/facets", { params: { path: { project_id: projectId } }, signal })),
    staleTime: 60_000,
  });
