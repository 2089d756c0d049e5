import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, settled } from "./client";

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => settled(client.POST("/api/v1/auth/logout")),
    onSuccess: () => queryClient.clear(),
  });
}
