import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";
import styles from "./notice.module.css";

type Props = { icon: IconName; title: string; children?: ReactNode; action?: ReactNode; isAlert?: boolean; isPage?: boolean };

/** The designed form of "nothing here", "refused" and "failed". */
export function Notice({ icon, title, children, action, isAlert = false, isPage = false }: Props) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className={styles["notice"]} role={isAlert ? "alert" : undefined}>
      <span className={styles["icon"]}>
        <Icon name={icon} />
      </span>
      <Heading className={styles["title"]}>{title}</Heading>
      {children !== undefined && <div className={styles["body"]}>{children}</div>}
      {action}
    </div>
  );
}
