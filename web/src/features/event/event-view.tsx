import type { EventDetail } from "../../api/types";
import { Breadcrumbs } from "./breadcrumbs";
import { ContextsPanel } from "./contexts-panel";
import { EventNavigator } from "./event-navigator";
import { RedactionProvider } from "./event-text";
import styles from "./event-view.module.css";
import { MessagePanel } from "./message-panel";
import { ModulesPanel } from "./modules-panel";
import { PrivacyPanel } from "./privacy-panel";
import { RequestPanel } from "./request-panel";
import { SdkPanel } from "./sdk-panel";
import { StackTrace } from "./stack-trace";
import { TagsPanel } from "./tags-panel";
import { Threads } from "./threads";
import { UserPanel } from "./user-panel";
import { ValuesPanel } from "./values-panel";

type Props = { detail: EventDetail; shortId: string; onGo: (eventId: string) => void };

export function EventView({ detail, shortId, onGo }: Props) {
  const { event } = detail;
  return (
    <RedactionProvider redactions={event.redactions}>
      <EventNavigator detail={detail} shortId={shortId} onGo={onGo} />
      <div key={event.event_id} className={styles["sections"]}>
        <MessagePanel event={event} />
        <StackTrace event={event} />
        <Threads threads={event.threads} />
        <Breadcrumbs breadcrumbs={event.breadcrumbs} occurredAt={event.occurred_at} />
        <RequestPanel request={event.request} />
        <UserPanel user={event.user} />
        <TagsPanel tags={event.tags} />
        <ContextsPanel contexts={event.contexts} />
        <ValuesPanel title="Extra" values={event.extra} />
        <PrivacyPanel event={event} />
        <SdkPanel event={event} />
        <ModulesPanel modules={event.modules} />
      </div>
    </RedactionProvider>
  );
}
