import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";

export type AuditFilter = { action?: string; actor?: string; target_kind?: string; target_id?: string; since?: string; until?: string };

/** `filterOf` is called per request: "the last 24 hours" moves, while the key stays. Each request is itself recorded, so none is made unasked. */
export const auditRecordsQuery = (organizationId: string, key: Record<string, unknown>, filterOf: () => AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...organizationKey(organizationId), "audit-records", key] as const,
    queryFn: ({ pageParam, signal }) =>
      dataOf(client.GET("/api/v1/audit/records", { params: { query: { ...filterOf(), ...(pageParam === null ? {} : { cursor: pageParam }) } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
