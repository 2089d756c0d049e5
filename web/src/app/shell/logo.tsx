import styles from "./logo.module.css";

export function Logo() {
  return (
    <span className={styles["logo"]}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
        <rect className={styles["tile"]} width="32" height="32" rx="8" />
        <path className={styles["text"]} d="M9 10h14M9 16h9M9 22h14" />
        <path className={styles["correction"]} d="M21 13l5 6M26 13l-5 6" />
      </svg>
      Errata
    </span>
  );
}
