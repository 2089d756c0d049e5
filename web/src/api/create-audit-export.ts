import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AuditFilter } from "./audit-records-query";
import { client, dataOf } from "./client";
import { auditExportsKey } from "./query-keys";

type NewAuditExport = AuditFilter & { with_disclosures: boolean };

export function useCreateAuditExport(organizationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewAuditExport) => dataOf(client.POST("/api/v1/audit/exports", { body: wanted })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: auditExportsKey(organizationId) }),
  });
}
