import type { ReactNode } from "react";
import styles from "./field-table.module.css";

export type Field = { name: string; value: ReactNode };
type Props = { label: string; fields: readonly Field[] };

/** Names and values, in code type: variables, headers, contexts. */
export function FieldTable({ label, fields }: Props) {
  return (
    <table className={styles["table"]} aria-label={label}>
      <tbody>
        {fields.map(({ name, value }, index) => (
          <tr key={`${name}-${index}`}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
