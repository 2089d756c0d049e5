import type { ReactNode } from "react";
import styles from "./segments.module.css";

type Segment<Value extends string> = { value: Value; label: ReactNode };
type Props<Value extends string> = { label: string; value: Value | null; segments: readonly Segment<Value>[]; onChange: (value: Value) => void };

export function Segments<Value extends string>({ label, value, segments, onChange }: Props<Value>) {
  return (
    <div role="group" aria-label={label} className={styles["segments"]}>
      {segments.map((segment) => (
        <button key={segment.value} type="button" aria-pressed={segment.value === value} className={styles["segment"]} onClick={() => onChange(segment.value)}>
          {segment.label}
        </button>
      ))}
    </div>
  );
}
