import type { EventDetail } from "../../api/types";
import { Badge } from "../../ui/badge";
import { CopyButton } from "../../ui/copy-button";
import { IconButton } from "../../ui/icon-button";
import { RelativeTime } from "../../ui/relative-time";
import { useShortcuts } from "../../ui/shortcuts/use-shortcuts";
import { eventMarkdown } from "./event-markdown";
import styles from "./event-navigator.module.css";

type Props = { detail: EventDetail; shortId: string; onGo: (eventId: string) => void };

const shortEventId = (id: string): string => id.slice(0, 8);

export function EventNavigator({ detail, shortId, onGo }: Props) {
  const { event, previous_event_id: previous, next_event_id: next, oldest_event_id: oldest, latest_event_id: latest } = detail;
  const goTo = (id: string | null) => () => {
    if (id !== null && id !== event.event_id) onGo(id);
  };
  useShortcuts({ olderEvent: goTo(previous), newerEvent: goTo(next) });
  return (
    <div className={styles["bar"]}>
      <div className={styles["facts"]}>
        <span className={styles["id"]}>
          Event <code title={event.event_id}>{shortEventId(event.event_id)}</code>
        </span>
        {event.event_id === latest && <Badge tone="accent">latest</Badge>}
        <RelativeTime time={event.occurred_at} />
        <span className={styles["tag"]}>{event.environment}</span>
        {event.release !== null && (
          <span className={styles["release"]} title={event.release}>
            {event.release}
          </span>
        )}
      </div>
      <div className={styles["actions"]}>
        <CopyButton label="JSON" text={() => JSON.stringify(event, null, 2)} />
        <CopyButton label="Markdown" text={() => eventMarkdown(event, shortId)} />
        <nav aria-label="Events of this issue" className={styles["steps"]}>
          <IconButton icon="first" label="Oldest event" disabled={oldest === event.event_id} onClick={goTo(oldest)} />
          <IconButton icon="chevronLeft" label="Previous (older) event" disabled={previous === null} onClick={goTo(previous)} />
          <IconButton icon="chevronRight" label="Next (newer) event" disabled={next === null} onClick={goTo(next)} />
          <IconButton icon="last" label="Latest event" disabled={latest === event.event_id} onClick={goTo(latest)} />
        </nav>
      </div>
    </div>
  );
}
