import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { organizationKey } from "./query-keys";

export const membersQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [...organizationKey(organizationId), "members"],
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/organization/members", { signal })),
    select: (page) => page.items,
    staleTime: 300_000,
  });
