import type { IssueSearch } from "../features/issues/issue-search";

// Lives as long as the page: going back to the list brings back what was searched for there.
const searches = new Map<string, Partial<IssueSearch>>();

export const lastIssueSearch = (projectId: string): Partial<IssueSearch> => searches.get(projectId) ?? {};

export const rememberIssueSearch = (projectId: string, search: Partial<IssueSearch>): void => {
  searches.set(projectId, search);
};
