import { getRouteApi } from "@tanstack/react-router";
import { DsnKeyList } from "../../features/dsn-keys/dsn-key-list";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

const route = getRouteApi("/shell/projects/$projectId/settings/keys");

export function DsnKeysPage() {
  const { projectId } = route.useParams();
  usePageTitle("DSN keys");
  return (
    <Page title="DSN keys" lead="An SDK needs one of these to send events. A DSN can only write: it reads nothing and may be part of what you ship.">
      <DsnKeyList projectId={projectId} />
    </Page>
  );
}
