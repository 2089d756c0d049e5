import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, settled } from "./client";
import { apiKeysKey } from "./query-keys";

export function useRevokeApiKey(organizationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (keyId: string) => settled(client.DELETE("/api/v1/api-keys/{key_id}", { params: { path: { key_id: keyId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysKey(organizationId) }),
  });
}
