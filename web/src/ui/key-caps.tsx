import styles from "./key-caps.module.css";

type Props = { keys: readonly string[] };

export function KeyCaps({ keys }: Props) {
  return (
    <span className={styles["caps"]}>
      {keys.map((key) => (
        <kbd key={key} className={styles["cap"]}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
