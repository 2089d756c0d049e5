import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { issueKey } from "./query-keys";

export const issueQuery = (organizationId: string, issueId: string) =>
  queryOptions({
    queryKey: issueKey(organizationId, issueId),
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/issues/{issue_id}", { params: { path: { issue_id: issueId } }, signal })),
    staleTime: 10_000,
  });
