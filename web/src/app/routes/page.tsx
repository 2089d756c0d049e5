import type { ReactNode } from "react";
import styles from "./page.module.css";

type Props = { title: string; lead?: ReactNode; children: ReactNode };

export function Page({ title, lead, children }: Props) {
  return (
    <div className={styles["page"]}>
      <header className={styles["header"]}>
        <h1 className={styles["title"]}>{title}</h1>
        {lead !== undefined && <p className={styles["lead"]}>{lead}</p>}
      </header>
      {children}
    </div>
  );
}
