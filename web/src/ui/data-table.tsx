import type { ReactNode } from "react";
import { classNames } from "./class-names";
import styles from "./data-table.module.css";

type Column = { title: string; isNumber?: boolean; isWide?: boolean; isHidden?: boolean };
type Row = { key: string; cells: readonly ReactNode[] };
type Props = { caption: string; columns: readonly Column[]; rows: readonly Row[] };

export function DataTable({ caption, columns, rows }: Props) {
  return (
    <div className={styles["frame"]} role="group" aria-label={caption} tabIndex={0}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber, isWide, isHidden }) => (
              <th key={title} scope="col" className={classNames(isNumber && styles["number"], isWide && styles["wide"])}>
                <span className={isHidden === true ? "visually-hidden" : undefined}>{title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) => (
                <td key={index} className={classNames(columns[index]?.isNumber && styles["number"], columns[index]?.isWide && styles["wide"])}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
