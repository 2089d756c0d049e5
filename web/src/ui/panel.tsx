import { useId, type ReactNode } from "react";
import styles from "./panel.module.css";

type Props = { title: string; children: ReactNode; actions?: ReactNode; id?: string };

/** A titled region of a page: hierarchy by type and space, not by boxes. */
export function Panel({ title, children, actions, id }: Props) {
  const headingId = useId();
  return (
    <section id={id} className={styles["panel"]} aria-labelledby={headingId}>
      <header className={styles["header"]}>
        <h2 id={headingId} className={styles["title"]}>
          {title}
        </h2>
        {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
