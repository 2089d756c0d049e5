import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";

export const sessionKey = ["session"] as const;

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => dataOf(client.GET("/api/v1/auth/session", { signal })),
  staleTime: 5 * 60_000,
  retry: false,
});
