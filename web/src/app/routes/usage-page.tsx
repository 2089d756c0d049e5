import { getRouteApi } from "@tanstack/react-router";
import { UsageOverview } from "../../features/usage/usage-overview";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

const route = getRouteApi("/shell/projects/$projectId/usage");

export function UsagePage() {
  const { projectId } = route.useParams();
  const { period = "24h" } = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle("Usage");
  return (
    <Page title="Usage" lead="Every item an SDK sends ends in exactly one outcome. Nothing disappears uncounted.">
      <UsageOverview projectId={projectId} period={period} onPeriod={(next) => void navigate({ search: { period: next } })} />
    </Page>
  );
}
