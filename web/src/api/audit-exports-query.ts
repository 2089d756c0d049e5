import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { auditExportsKey } from "./query-keys";

const watchMs = 1_500;

/** Asks again while one of them is on its way. */
export const auditExportsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: auditExportsKey(organizationId),
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/audit/exports", { signal })),
    select: (page) => page.items,
    refetchInterval: ({ state }) => (state.data?.items.some((item) => item.state === "waiting" || item.state === "running") === true ? watchMs : false),
  });
