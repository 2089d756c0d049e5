import type { AuditRecord } from "../../api/types";
import { readerLocale, readerTimeZone } from "../../format/reader-locale";
import { formatAbsolute } from "../../format/times";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { FieldTable, type Field } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import styles from "./audit-details.module.css";
import type { AuditSearch } from "./audit-search";

type Props = { record: AuditRecord; onNarrow: (search: AuditSearch) => void };

const moment = (time: string): string => formatAbsolute(new Date(time), readerTimeZone, readerLocale);
const given = (name: string, value: string | null): Field[] => (value === null ? [] : [{ name, value }]);

export function AuditDetails({ record, onNarrow }: Props) {
  const { target, actor } = record;
  const changes = Object.entries(record.changes).map(([name, { before, after }]): Field => ({
    name,
    value: (
      <span className={styles["change"]}>
        <del className={styles["before"]}>{before === null ? "nothing" : <JsonTree value={before} />}</del>
        <span aria-label="became">→</span>
        <ins className={styles["after"]}>{after === null ? "nothing" : <JsonTree value={after} />}</ins>
      </span>
    ),
  }));
  const details = Object.entries(record.details).map(([name, value]): Field => ({ name, value: <JsonTree value={value} /> }));
  const personal = record.personal.map(({ name, value, is_erased }): Field => ({ name: name ?? "personal field", value: is_erased ? <Badge>{value}</Badge> : value }));
  const facts: Field[] = [
    { name: "occurred", value: moment(record.occurred_at) },
    { name: "entered the log", value: moment(record.sequenced_at) },
    ...given("actor id", actor.id),
    ...given("credential", actor.credential),
    ...given("network", record.network),
    ...(target === null ? [] : [{ name: "target id", value: target.id }]),
    ...given("reason", record.reason),
    ...given("request id", record.request_id),
    { name: "index", value: String(record.index) },
    {
      name: "leaf hash",
      value: (
        <span className={styles["hash"]}>
          {record.leaf_hash} <CopyButton text={record.leaf_hash} label="Copy leaf hash" isCompact />
        </span>
      ),
    },
  ];
  return (
    <div className={styles["details"]}>
      {changes.length > 0 && <Section title="Changes" fields={changes} />}
      {personal.length > 0 && <Section title="Personal fields" fields={personal} />}
      {details.length > 0 && <Section title="Details" fields={details} />}
      <Section title="Record" fields={facts} />
      <div className={styles["actions"]}>
        {target !== null && (
          <Button size="s" onClick={() => onNarrow({ target_kind: target.kind, target_id: target.id })}>
            All about this target
          </Button>
        )}
        {actor.id !== null && (
          <Button size="s" onClick={() => onNarrow({ actor: actor.id ?? undefined })}>
            All by this actor
          </Button>
        )}
      </div>
    </div>
  );
}

function Section({ title, fields }: { title: string; fields: readonly Field[] }) {
  return (
    <section className={styles["section"]}>
      <h2 className={styles["title"]}>{title}</h2>
      <FieldTable label={title} fields={fields} />
    </section>
  );
}
