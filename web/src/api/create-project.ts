import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { projectsKey } from "./query-keys";

type NewProject = { name: string; platform: string };

export function useCreateProject(organizationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (project: NewProject) => dataOf(client.POST("/api/v1/projects", { body: project })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectsKey(organizationId) }),
  });
}
