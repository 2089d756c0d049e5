import styles from "./logo.module.css";

export function Logo() {
  return (
    <span className={styles["logo"]}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
        <rect className={styles["tile"]} width="32" height="32" rx="8" />
        <path className={styles["text"]} d="M9 10h14M9 16h4M9 22h14" />
        <path className={styles["correction"]} d="M18.5 16H23" />
      </svg>
      Errata
    </span>
  );
}
