import { useId, useState } from "react";
import type { AuditRecord } from "../../api/types";
import { readerLocale, readerTimeZone } from "../../format/reader-locale";
import { formatHour } from "../../format/times";
import { Icon } from "../../ui/icon";
import { RelativeTime } from "../../ui/relative-time";
import { AuditDetails } from "./audit-details";
import type { AuditSearch } from "./audit-search";
import styles from "./audit-table.module.css";
import { actionWords, actorWords, type People } from "./audit-words";
import { TargetLink } from "./target-link";

type Props = { records: readonly AuditRecord[]; people: People; onNarrow: (search: AuditSearch) => void };

export function AuditTable({ records, people, onNarrow }: Props) {
  return (
    <table className={styles["table"]}>
      <caption className="visually-hidden">Audit records, newest first</caption>
      <thead className={styles["head"]}>
        <tr>
          <th scope="col">Action</th>
          <th scope="col" className={styles["target"]}>
            Target
          </th>
          <th scope="col" className={styles["actor"]}>
            Actor
          </th>
          <th scope="col" className={styles["time"]}>
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <AuditRow key={record.index} record={record} people={people} onNarrow={onNarrow} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { record: AuditRecord; people: People; onNarrow: (search: AuditSearch) => void };

function AuditRow({ record, people, onNarrow }: RowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const detailsId = useId();
  return (
    <>
      <tr className={styles["row"]} data-open={isOpen}>
        <td className={styles["action"]}>
          <button type="button" className={styles["toggle"]} aria-expanded={isOpen} aria-controls={isOpen ? detailsId : undefined} onClick={() => setIsOpen(!isOpen)}>
            <span className={styles["chevron"]}>
              <Icon name="chevronRight" />
            </span>
            {actionWords(record.action)}
          </button>
        </td>
        <td className={styles["target"]}>
          <TargetLink record={record} />
        </td>
        <td className={styles["actor"]}>{actorWords(record.actor, people)}</td>
        <td className={styles["time"]}>
          <RelativeTime time={record.occurred_at} />
          <span className={styles["absolute"]}>{formatHour(new Date(record.occurred_at), readerTimeZone, readerLocale)}</span>
        </td>
      </tr>
      {isOpen && (
        <tr id={detailsId} className={styles["opened"]}>
          <td colSpan={4}>
            <AuditDetails record={record} onNarrow={onNarrow} />
          </td>
        </tr>
      )}
    </>
  );
}
