import { useId, type ComponentProps } from "react";
import styles from "./text-field.module.css";

type Props = Omit<ComponentProps<"input">, "id" | "className"> & { label: string; hint?: string };

export function TextField({ label, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={styles["label"]}>
        {label}
      </label>
      <input id={id} className={styles["input"]} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...rest} />
      {hint !== undefined && (
        <span id={`${id}-hint`} className={styles["hint"]}>
          {hint}
        </span>
      )}
    </div>
  );
}
