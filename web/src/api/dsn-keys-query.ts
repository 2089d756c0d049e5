import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";

export const dsnKeysQuery = (organizationId: string, projectId: string) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "dsn-keys", projectId],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/projects/{project_id}/keys", { params: { path: { project_id: projectId } }, signal })),
    select: (page) => page.items,
  });
