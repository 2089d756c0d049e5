import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { projectsKey } from "./query-keys";

export const projectsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: projectsKey(organizationId),
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/projects", { signal })),
    select: (page) => page.items,
    staleTime: 30_000,
  });
