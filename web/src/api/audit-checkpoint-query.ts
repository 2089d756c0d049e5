import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";

const refreshMs = 15_000;

export const auditCheckpointQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "audit-checkpoint"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/audit/checkpoint", { signal })),
    refetchInterval: refreshMs,
  });
