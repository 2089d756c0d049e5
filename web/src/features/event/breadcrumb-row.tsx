import type { Breadcrumb } from "../../api/types";
import { readerLocale, readerTimeZone } from "../../format/reader-locale";
import { formatAbsolute, formatClock } from "../../format/times";
import { JsonTree } from "../../ui/json-tree";
import { LevelMark } from "../../ui/level-mark";
import styles from "./breadcrumbs.module.css";
import { EventText, renderEventText } from "./event-text";
import { splitHttpData } from "./http-breadcrumb";

type Props = { crumb: Breadcrumb; occurredAt: string };

/** "-1.2 s": how long before the event it happened. */
function distance(time: Date, event: Date): string {
  const seconds = (time.getTime() - event.getTime()) / 1000;
  if (Math.abs(seconds) < 60) return `${seconds > 0 ? "+" : "−"}${Math.abs(seconds).toFixed(1)} s`;
  return `${seconds > 0 ? "+" : "−"}${Math.round(Math.abs(seconds) / 60)} min`;
}

export function BreadcrumbRow({ crumb, occurredAt }: Props) {
  const time = crumb.timestamp === null ? null : new Date(crumb.timestamp);
  const { summary, rest } = splitHttpData(crumb.data);
  return (
    <li className={styles["crumb"]}>
      <span className={styles["mark"]}>
        <LevelMark level={crumb.level ?? "info"} />
      </span>
      <span className={styles["kind"]} title={crumb.type ?? undefined}>
        {crumb.category ?? crumb.type ?? "default"}
      </span>
      <span className={styles["content"]}>
        {crumb.message !== null && (
          <span className={styles["message"]}>
            <EventText text={crumb.message} />
          </span>
        )}
        {summary !== null && (
          <span className={styles["http"]}>
            <EventText text={summary} />
          </span>
        )}
        {Object.keys(rest).length > 0 && (
          <span className={styles["data"]}>
            <JsonTree value={rest} renderText={renderEventText} depth={1} />
          </span>
        )}
      </span>
      {time !== null && (
        <time className={styles["time"]} dateTime={crumb.timestamp ?? undefined} title={formatAbsolute(time, readerTimeZone, readerLocale)}>
          <span>{formatClock(time, readerTimeZone, readerLocale)}</span>
          <span className={styles["distance"]}>{distance(time, new Date(occurredAt))}</span>
        </time>
      )}
    </li>
  );
}
