import { Fragment, type ReactNode } from "react";
import styles from "./json-tree.module.css";

type Props = { value: unknown; renderText?: (text: string) => ReactNode; depth?: number };

const inlineLimit = 72;
const deepest = 8;

const asText = (value: unknown): string => JSON.stringify(value);

const entriesOf = (value: object): [string, unknown][] => (Array.isArray(value) ? value.map((item: unknown, index): [string, unknown] => [String(index), item]) : Object.entries(value));

const plain = (text: string): ReactNode => text;

/** Any JSON as text: short values on one line, longer ones as a tree that folds. */
export function JsonTree({ value, renderText = plain, depth = 0 }: Props) {
  if (typeof value === "string") return <span className={styles["string"]}>{renderText(value)}</span>;
  if (typeof value === "number") return <span className={styles["number"]}>{String(value)}</span>;
  if (typeof value !== "object" || value === null) return <span className={styles["keyword"]}>{asText(value)}</span>;

  const entries = entriesOf(value);
  const isList = Array.isArray(value);
  const text = asText(value);
  const isFlat = entries.every(([, item]) => typeof item !== "object" || item === null);
  if (entries.length === 0 || depth >= deepest) return <span className={styles["plain"]}>{text}</span>;
  if (isFlat && text.length <= inlineLimit) {
    return (
      <span className={styles["plain"]}>
        {isList ? "[" : "{ "}
        {entries.map(([key, item], index) => (
          <Fragment key={key}>
            {index > 0 && ", "}
            {!isList && <span className={styles["key"]}>{key}: </span>}
            <JsonTree value={item} renderText={renderText} depth={depth + 1} />
          </Fragment>
        ))}
        {isList ? "]" : " }"}
      </span>
    );
  }
  return (
    <details className={styles["details"]} open={depth < 1}>
      <summary className={styles["summary"]}>
        {isList ? `[${entries.length} ${entries.length === 1 ? "item" : "items"}]` : `{${entries.length} ${entries.length === 1 ? "field" : "fields"}}`}
      </summary>
      <ul className={styles["branch"]}>
        {entries.map(([key, item]) => (
          <li key={key}>
            <span className={styles["key"]}>{key}: </span>
            <JsonTree value={item} renderText={renderText} depth={depth + 1} />
          </li>
        ))}
      </ul>
    </details>
  );
}
