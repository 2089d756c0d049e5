import { useMutation, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { issueKey, issueListsKey, projectsKey } from "./query-keys";
import type { IssueDetail, IssuePage, IssueStatus } from "./types";

export type StatusChange = { projectId: string; issueIds: readonly string[]; status: IssueStatus };

type IssueList = InfiniteData<IssuePage, string | null>;

function send({ projectId, issueIds, status }: StatusChange): Promise<unknown> {
  const [only] = issueIds;
  if (issueIds.length === 1 && only !== undefined) {
    return dataOf(client.PATCH("/api/v1/issues/{issue_id}", { params: { path: { issue_id: only } }, body: { status } }));
  }
  return dataOf(client.POST("/api/v1/projects/{project_id}/issues/bulk", { params: { path: { project_id: projectId } }, body: { issue_ids: [...issueIds], status } }));
}

function applyAhead(queryClient: QueryClient, organizationId: string, { projectId, issueIds, status }: StatusChange): void {
  const changed = new Set(issueIds);
  const substatus = status === "unresolved" ? ("ongoing" as const) : ("none" as const);
  queryClient.setQueriesData<IssueList>({ queryKey: issueListsKey(organizationId, projectId) }, (list) =>
    list === undefined
      ? list
      : {
          ...list,
          pages: list.pages.map((page) => ({ ...page, items: page.items.map((issue) => (changed.has(issue.id) ? { ...issue, status, substatus } : issue)) })),
        },
  );
  for (const id of issueIds) {
    queryClient.setQueryData<IssueDetail>(issueKey(organizationId, id), (issue) => (issue === undefined ? issue : { ...issue, status, substatus }));
  }
}

/** Shows the new status at once; a refusal brings the old one back. */
export function useChangeIssueStatus(organizationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: send,
    onMutate: async (change) => {
      const lists = issueListsKey(organizationId, change.projectId);
      await queryClient.cancelQueries({ queryKey: lists });
      const before = [
        ...queryClient.getQueriesData({ queryKey: lists }),
        ...change.issueIds.map((id) => [issueKey(organizationId, id), queryClient.getQueryData(issueKey(organizationId, id))] as const),
      ];
      applyAhead(queryClient, organizationId, change);
      return { before };
    },
    onError: (_error, _change, context) => {
      for (const [key, data] of context?.before ?? []) queryClient.setQueryData(key, data);
    },
    onSettled: (_data, _error, change) =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: issueListsKey(organizationId, change.projectId) }),
        queryClient.invalidateQueries({ queryKey: projectsKey(organizationId) }),
        ...change.issueIds.map((id) => queryClient.invalidateQueries({ queryKey: issueKey(organizationId, id), exact: true })),
      ]),
  });
}
