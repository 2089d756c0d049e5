import styles from "./share-bar.module.css";

type Props = { share: number };

/** A decoration beside a number: it says nothing which the number does not say. */
export function ShareBar({ share }: Props) {
  return (
    <svg className={styles["bar"]} aria-hidden="true" focusable="false">
      <rect className={styles["track"]} width="100%" height="100%" rx="2" />
      <rect className={styles["fill"]} width={`${Math.max(1, share * 100)}%`} height="100%" rx="2" />
    </svg>
  );
}
