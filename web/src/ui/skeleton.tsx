import styles from "./skeleton.module.css";

type Props = { rows: number; label: string; height?: "row" | "line" };

export function Skeleton({ rows, label, height = "row" }: Props) {
  return (
    <div role="status" aria-label={label} className={styles["skeleton"]}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles[height]}>
          <span className={styles["long"]} />
          <span className={styles["short"]} />
        </div>
      ))}
    </div>
  );
}
