import { useState, type ReactNode } from "react";
import type { IssueDetail } from "../../api/types";
import { formatNumber } from "../../format/numbers";
import { readerLocale, readerTimeZone } from "../../format/reader-locale";
import { formatDay, formatHour } from "../../format/times";
import { BarChart, type Bar } from "../../ui/bar-chart";
import { RelativeTime } from "../../ui/relative-time";
import { Segments } from "../../ui/segments";
import styles from "./issue-stats.module.css";

type Props = { issue: IssueDetail };
type Span = "24h" | "30d" | "table";

const spans = [
  { value: "24h", label: "24 h" },
  { value: "30d", label: "30 d" },
  { value: "table", label: "Table" },
] as const;

function barsOf(issue: IssueDetail, span: Span): Bar[] {
  if (span === "24h") {
    return issue.hourly.map(({ hour, count }) => ({ label: formatHour(new Date(hour), readerTimeZone, readerLocale), count, text: formatNumber(count, readerLocale) }));
  }
  return issue.daily.map(({ day, count }) => ({ label: formatDay(new Date(day), "UTC", readerLocale), count, text: formatNumber(count, readerLocale) }));
}

export function IssueStats({ issue }: Props) {
  const [span, setSpan] = useState<Span>("24h");
  return (
    <section aria-label="Statistics" className={styles["stats"]}>
      <dl className={styles["facts"]}>
        <Fact name="Events" value={formatNumber(issue.event_count, readerLocale)} />
        <Fact name="Users" value={formatNumber(issue.user_count, readerLocale)} />
        <Fact name="Last seen" value={<RelativeTime time={issue.last_seen} />} note={issue.last_release} />
        <Fact name="First seen" value={<RelativeTime time={issue.first_seen} />} note={issue.first_release} />
      </dl>
      <div className={styles["chart"]}>
        <BarChart bars={barsOf(issue, span)} caption="Events over time" columns={["Time", "Events"]} isTable={span === "table"} />
        <div className={styles["spans"]}>
          <Segments label="Time span" value={span} segments={spans} onChange={setSpan} />
        </div>
      </div>
    </section>
  );
}

type FactProps = { name: string; value: ReactNode; note?: string | null };

function Fact({ name, value, note = null }: FactProps) {
  return (
    <div className={styles["fact"]}>
      <dt className={styles["name"]}>{name}</dt>
      <dd className={styles["number"]}>{value}</dd>
      {note !== null && (
        <dd className={styles["note"]} title={note}>
          in {note}
        </dd>
      )}
    </div>
  );
}
