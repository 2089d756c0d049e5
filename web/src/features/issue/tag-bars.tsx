import { Link } from "@tanstack/react-router";
import type { TagBar } from "../../api/types";
import { formatNumber, formatShare } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { Panel } from "../../ui/panel";
import { ShareBar } from "../../ui/share-bar";
import styles from "./tag-bars.module.css";

type Props = { projectId: string; tags: readonly TagBar[]; toQuery: (key: string, value: string) => string };

const shownValues = 4;

export function TagBars({ projectId, tags, toQuery }: Props) {
  if (tags.length === 0) return null;
  return (
    <Panel title="Tags">
      <ul className={styles["tags"]}>
        {tags.map(({ key, total, values }) => (
          <li key={key} data-single={values.length === 1 && values[0]?.count === total}>
            <h3 className={styles["key"]}>{key}</h3>
            <ul className={styles["values"]}>
              {values.slice(0, shownValues).map(({ value, count }) => (
                <li key={value}>
                  <Link
                    to="/projects/$projectId/issues"
                    params={{ projectId }}
                    search={{ query: toQuery(key, value) }}
                    className={styles["value"]}
                    title={`${key}: ${value}, ${formatNumber(count, readerLocale)} of ${formatNumber(total, readerLocale)}`}
                  >
                    <span className={styles["text"]}>{value === "" ? "(empty)" : value}</span>
                    <span className={styles["share"]}>{formatShare(count, total, readerLocale)}</span>
                    <span className={styles["bar"]}>
                      <ShareBar share={total === 0 ? 0 : count / total} />
                    </span>
                  </Link>
                </li>
              ))}
              {values.length > shownValues && <li className={styles["rest"]}>and {values.length - shownValues} more</li>}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
