import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { issueListsKey } from "./query-keys";
import type { IssueSort, Period } from "./types";

export type IssueListFilter = { query: string; sort: IssueSort; period: Period };

export const issuesPerPage = 50;

export const issuesQuery = (organizationId: string, projectId: string, filter: IssueListFilter) =>
  infiniteQueryOptions({
    queryKey: [...issueListsKey(organizationId, projectId), filter] as const,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = Date.now();
      const page = await dataOf(
        client.GET("/api/v1/projects/{project_id}/issues", {
          params: {
            path: { project_id: projectId },
            query: { ...filter, limit: issuesPerPage, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      );
      return { ...page, askedAt };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
  });
