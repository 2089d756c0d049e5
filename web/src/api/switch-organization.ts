import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, settled } from "./client";

export function useSwitchOrganization() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (organizationId: string) => settled(client.POST("/api/v1/auth/organization", { body: { organization_id: organizationId } })),
    onSuccess: () => queryClient.clear(),
  });
}
