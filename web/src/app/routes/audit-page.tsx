import { getRouteApi } from "@tanstack/react-router";
import { AuditLog } from "../../features/audit/audit-log";
import { parseAuditSearch } from "../../features/audit/audit-search";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

const route = getRouteApi("/shell/organization/audit");

export function AuditPage() {
  const search = parseAuditSearch(route.useSearch());
  const navigate = route.useNavigate();
  usePageTitle("Audit");
  return (
    <Page title="Audit" lead="Who did what, and who looked at what. Entries are sealed into a signed log: none can be changed or removed unseen.">
      <AuditLog search={search} onSearch={(next) => void navigate({ search: next })} />
    </Page>
  );
}
