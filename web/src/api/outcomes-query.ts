import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";
import type { Period } from "./types";

export const outcomesQuery = (organizationId: string, projectId: string, period: Period) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "outcomes", projectId, period],
    queryFn: ({ signal }) =>
      dataOf(client.GET("/api/v1/projects/{project_id}/outcomes", { params: { path: { project_id: projectId }, query: { period } }, signal })),
    select: (page) => page.items,
    staleTime: 30_000,
  });
