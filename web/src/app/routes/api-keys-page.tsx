import { ApiKeyList } from "../../features/api-keys/api-key-list";
import { useSession } from "../../session/session-context";
import { usePageTitle } from "../use-page-title";
import { Page } from "./page";

export function ApiKeysPage() {
  const { organization } = useSession();
  usePageTitle("API keys");
  return (
    <Page title="API keys" lead={`For scripts and tools that read or change what belongs to ${organization.name}. A key never allows more than the person who made it.`}>
      <ApiKeyList />
    </Page>
  );
}
