import type { IssueSort, Period } from "../../api/types";

/** What the URL of the issue list holds. */
export type IssueSearch = { query: string; sort: IssueSort; period: Period };

export const defaultIssueSearch: IssueSearch = { query: "is:unresolved", sort: "last_seen", period: "14d" };

const sorts: readonly IssueSort[] = ["last_seen", "first_seen", "events"];
const periods: readonly Period[] = ["24h", "7d", "14d", "30d"];

/** Only what differs from the defaults is worth a place in the address. */
export const shortIssueSearch = (search: IssueSearch): Partial<IssueSearch> => ({
  ...(search.query === defaultIssueSearch.query ? {} : { query: search.query }),
  ...(search.sort === defaultIssueSearch.sort ? {} : { sort: search.sort }),
  ...(search.period === defaultIssueSearch.period ? {} : { period: search.period }),
});

export function parseIssueSearch(raw: Record<string, unknown>): IssueSearch {
  return {
    query: typeof raw["query"] === "string" ? raw["query"] : defaultIssueSearch.query,
    sort: sorts.find((sort) => sort === raw["sort"]) ?? defaultIssueSearch.sort,
    period: periods.find((period) => period === raw["period"]) ?? defaultIssueSearch.period,
  };
}
