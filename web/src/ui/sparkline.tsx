import styles from "./sparkline.module.css";

type Props = { counts: readonly number[]; label: string };

const smallestBar = 6;

export function Sparkline({ counts, label }: Props) {
  const highest = Math.max(1, ...counts);
  const step = 100 / Math.max(1, counts.length);
  return (
    <svg className={styles["sparkline"]} role="img" aria-label={label}>
      <line className={styles["base"]} x1="0" x2="100%" y1="100%" y2="100%" />
      {counts.map((count, index) => {
        const height = count === 0 ? 0 : Math.max(smallestBar, (count / highest) * 100);
        return count === 0 ? null : (
          <rect
            key={index}
            className={index === counts.length - 1 ? styles["current"] : styles["bar"]}
            x={`${index * step}%`}
            width={`${step * 0.72}%`}
            y={`${100 - height}%`}
            height={`${height}%`}
            rx="0.75"
          />
        );
      })}
    </svg>
  );
}
