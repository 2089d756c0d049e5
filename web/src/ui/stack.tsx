import type { ReactNode } from "react";
import { classNames } from "./class-names";
import styles from "./stack.module.css";

type Props = {
  children: ReactNode;
  gap?: "2xs" | "xs" | "s" | "m" | "l" | "xl" | "2xl";
  direction?: "column" | "row";
  align?: "start" | "center" | "baseline";
  justify?: "between" | "end";
  wraps?: boolean;
};

export function Stack({ children, gap = "m", direction = "column", align, justify, wraps }: Props) {
  return (
    <div
      className={classNames(styles["stack"], styles[direction], styles[`gap-${gap}`], align && styles[`align-${align}`], justify && styles[`justify-${justify}`], wraps && styles["wraps"])}
    >
      {children}
    </div>
  );
}
