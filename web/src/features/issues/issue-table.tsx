import type { Ref } from "react";
import type { Issue } from "../../api/types";
import { IssueRow } from "./issue-row";
import styles from "./issue-table.module.css";

type Props = {
  issues: readonly Issue[];
  selected: ReadonlySet<string>;
  bodyRef: Ref<HTMLTableSectionElement>;
  onSelect: (issueId: string) => void;
  onSelectAll: () => void;
};

export function IssueTable({ issues, selected, bodyRef, onSelect, onSelectAll }: Props) {
  const isAllSelected = issues.length > 0 && issues.every(({ id }) => selected.has(id));
  return (
    <table className={styles["table"]}>
      <caption className="visually-hidden">Issues</caption>
      <thead className={styles["head"]}>
        <tr>
          <th scope="col" className={styles["check"]}>
            <input type="checkbox" aria-label="Select all issues shown" checked={isAllSelected} onChange={onSelectAll} />
          </th>
          <th scope="col">Issue</th>
          <th scope="col" className={styles["trend"]}>
            Last 24 h
          </th>
          <th scope="col" className={styles["number"]}>
            Events
          </th>
          <th scope="col" className={styles["number"]}>
            Users
          </th>
          <th scope="col" className={styles["time"]}>
            Seen
          </th>
          <th scope="col" className={styles["time"]}>
            Age
          </th>
        </tr>
      </thead>
      <tbody ref={bodyRef}>
        {issues.map((issue) => (
          <IssueRow key={issue.id} issue={issue} isSelected={selected.has(issue.id)} onSelect={onSelect} />
        ))}
      </tbody>
    </table>
  );
}
