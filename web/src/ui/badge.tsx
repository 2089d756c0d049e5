import type { ReactNode } from "react";
import styles from "./badge.module.css";
import { classNames } from "./class-names";

type Props = { children: ReactNode; tone?: "quiet" | "accent" | "good" | "bad" | "care" };

export function Badge({ children, tone = "quiet" }: Props) {
  return <span className={classNames(styles["badge"], styles[tone])}>{children}</span>;
}
