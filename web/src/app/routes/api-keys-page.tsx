import { ApiKeyList } from "../../features/api-keys/api-key-list";
import { useSession } from "../../session/session-context";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

export function ApiKeysPage() {
  const { organization } = useSession();
  usePageTitle("API keys");
  return (
    <Page title={organization.name} lead="Settings of the whole organization.">
      <ApiKeyList />
    </Page>
  );
}
