import type { OutcomeRow } from "../../api/types";
import { formatNumber, formatShare } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import styles from "./outcome-bars.module.css";
import { outcomeOrder, outcomeWord } from "./outcome-words";

type Props = { rows: readonly OutcomeRow[] };

export function OutcomeBars({ rows }: Props) {
  const total = rows.reduce((sum, { quantity }) => sum + quantity, 0);
  const sums = new Map<string, number>();
  for (const { outcome, quantity } of rows) sums.set(outcome, (sums.get(outcome) ?? 0) + quantity);
  const outcomes = [...sums].sort(([a], [b]) => outcomeOrder.indexOf(a) - outcomeOrder.indexOf(b));
  const starts = outcomes.map((_, index) => outcomes.slice(0, index).reduce((sum, [, quantity]) => sum + quantity, 0));
  return (
    <figure>
      <svg className={styles["strip"]} role="img" aria-label="Share of each outcome; the numbers follow">
        {outcomes.map(([outcome, quantity], index) => (
          <rect key={outcome} data-outcome={outcome} className={styles["part"]} x={`${((starts[index] ?? 0) / total) * 100}%`} width={`${(quantity / total) * 100}%`} height="100%" />
        ))}
      </svg>
      <dl className={styles["legend"]}>
        {outcomes.map(([outcome, quantity]) => (
          <div key={outcome} className={styles["entry"]}>
            <dt className={styles["name"]}>
              <svg className={styles["swatch"]} aria-hidden="true">
                <rect data-outcome={outcome} className={styles["part"]} width="100%" height="100%" rx="2" />
              </svg>
              {outcomeWord(outcome)}
            </dt>
            <dd className={styles["quantity"]}>{formatNumber(quantity, readerLocale)}</dd>
            <dd className={styles["share"]}>{formatShare(quantity, total, readerLocale)}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}
