import { CopyButton } from "./copy-button";
import styles from "./copy-field.module.css";

type Props = { value: string; label: string };

/** One line of text that is there to be copied. */
export function CopyField({ value, label }: Props) {
  return (
    <div className={styles["field"]}>
      <code className={styles["value"]}>{value}</code>
      <CopyButton text={value} label={`Copy ${label}`} isCompact />
    </div>
  );
}
