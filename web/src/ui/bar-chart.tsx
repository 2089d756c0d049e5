import { useState } from "react";
import styles from "./bar-chart.module.css";
import { classNames } from "./class-names";

export type Bar = { label: string; count: number; text: string };
type Props = { bars: readonly Bar[]; caption: string; columns: readonly [string, string]; isTable?: boolean };

/** Bars with a readout, and their twin as a table: shown on demand, and always there for screen readers. */
export function BarChart({ bars, caption, columns, isTable = false }: Props) {
  const [active, setActive] = useState<number | null>(null);
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  const step = 100 / Math.max(1, bars.length);
  const shown = active === null ? undefined : bars[active];
  const first = bars[0];
  const last = bars.at(-1);

  return (
    <figure className={styles["figure"]}>
      {!isTable && (
        <div aria-hidden="true" onPointerLeave={() => setActive(null)}>
          <svg className={styles["chart"]} focusable="false">
            {bars.map((bar, index) => {
              const height = bar.count === 0 ? 2 : Math.max(5, (bar.count / highest) * 100);
              return (
                <g key={bar.label} onPointerEnter={() => setActive(index)}>
                  <rect className={styles["target"]} x={`${index * step}%`} width={`${step}%`} y="0" height="100%" />
                  <rect
                    className={classNames(styles["bar"], bar.count === 0 && styles["empty"], index === active && styles["active"])}
                    x={`${(index + 0.12) * step}%`}
                    width={`${step * 0.76}%`}
                    y={`${100 - height}%`}
                    height={`${height}%`}
                    rx="1.5"
                  />
                </g>
              );
            })}
          </svg>
          <div className={styles["axis"]}>
            {shown === undefined ? (
              <>
                <span>{first?.label}</span>
                <span>peak {bars.find(({ count }) => count === highest)?.text ?? "0"}</span>
                <span>{last?.label}</span>
              </>
            ) : (
              <span className={styles["readout"]}>
                <strong>{shown.text}</strong> · {shown.label}
              </span>
            )}
          </div>
        </div>
      )}
      <table className={isTable ? styles["table"] : "visually-hidden"}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{columns[0]}</th>
            <th scope="col">{columns[1]}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label}>
              <td>{bar.label}</td>
              <td>{bar.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
