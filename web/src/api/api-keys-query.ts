import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { apiKeysKey } from "./query-keys";

export const apiKeysQuery = (organizationId: string) =>
  queryOptions({
    queryKey: apiKeysKey(organizationId),
    queryFn: ({ signal }) => dataOf(client.GET("/api/v1/api-keys", { signal })),
    select: (page) => page.items,
  });
