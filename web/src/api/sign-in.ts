import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { sessionKey } from "./session-query";

type Credentials = { email: string; password: string };

export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    meta: { isSignIn: true },
    mutationFn: (credentials: Credentials) => dataOf(client.POST("/api/v1/auth/login", { body: credentials })),
    onSuccess: (session) => queryClient.setQueryData(sessionKey, session),
  });
}
