import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { apiKeysKey } from "./query-keys";
import type { Scope } from "./types";

type NewApiKey = { name: string; scopes: Scope[]; expires_in_days: number };

export function useCreateApiKey(organizationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (key: NewApiKey) => dataOf(client.POST("/api/v1/api-keys", { body: key })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysKey(organizationId) }),
  });
}
