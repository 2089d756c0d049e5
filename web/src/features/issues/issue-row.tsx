import { Link } from "@tanstack/react-router";
import type { Issue } from "../../api/types";
import { formatCompact, formatNumber, plural } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { Badge } from "../../ui/badge";
import { LevelMark } from "../../ui/level-mark";
import { RelativeTime } from "../../ui/relative-time";
import { Sparkline } from "../../ui/sparkline";
import styles from "./issue-table.module.css";

type Props = { issue: Issue; isSelected: boolean; onSelect: (issueId: string) => void };

export function IssueRow({ issue, isSelected, onSelect }: Props) {
  const trend = issue.trend.map(({ count }) => count);
  const recent = trend.reduce((sum, count) => sum + count, 0);
  const heading = issue.type ?? issue.title;
  return (
    <tr className={styles["row"]} data-issue-id={issue.id} data-selected={isSelected}>
      <td className={styles["check"]}>
        <input type="checkbox" aria-label={`Select ${issue.short_id}`} checked={isSelected} onChange={() => onSelect(issue.id)} />
      </td>
      <th scope="row" className={styles["main"]}>
        <div className={styles["title"]}>
          <LevelMark level={issue.level} />
          <Link to="/projects/$projectId/issues/$issueId" params={{ projectId: issue.project_id, issueId: issue.id }} className={styles["link"]} data-row-link>
            {heading}
          </Link>
          {issue.type !== null && <span className={styles["value"]}>{issue.value}</span>}
        </div>
        <div className={styles["meta"]}>
          {issue.status === "unresolved" && issue.substatus === "new" && <Badge tone="accent">New</Badge>}
          {issue.status === "unresolved" && issue.substatus === "regressed" && <Badge tone="care">Regressed</Badge>}
          {issue.status === "resolved" && <Badge tone="good">Resolved</Badge>}
          {issue.status === "ignored" && <Badge>Ignored</Badge>}
          <span className={styles["short-id"]}>{issue.short_id}</span>
          <span className={styles["culprit"]}>{issue.culprit}</span>
        </div>
        <div className={styles["narrow"]}>
          <RelativeTime time={issue.last_seen} />
          <span>
            {formatCompact(issue.event_count, readerLocale)} {plural(issue.event_count, "event")}
          </span>
          <span>
            {formatCompact(issue.user_count, readerLocale)} {plural(issue.user_count, "user")}
          </span>
        </div>
      </th>
      <td className={styles["trend"]}>
        <Sparkline counts={trend} label={`${formatNumber(recent, readerLocale)} ${plural(recent, "event")} in the last 24 hours`} />
      </td>
      <td className={styles["number"]} title={formatNumber(issue.event_count, readerLocale)}>
        {formatCompact(issue.event_count, readerLocale)}
      </td>
      <td className={styles["number"]} title={formatNumber(issue.user_count, readerLocale)}>
        {formatCompact(issue.user_count, readerLocale)}
      </td>
      <td className={styles["time"]}>
        <RelativeTime time={issue.last_seen} isShort />
      </td>
      <td className={styles["time"]}>
        <RelativeTime time={issue.first_seen} isShort />
      </td>
    </tr>
  );
}
