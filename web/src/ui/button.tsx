import type { ComponentProps } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names";

type Props = ComponentProps<"button"> & { variant?: "primary" | "secondary" | "ghost" | "danger"; size?: "m" | "s" };

export function Button({ variant = "secondary", size = "m", className, type = "button", ...rest }: Props) {
  return <button type={type} className={classNames(styles["button"], styles[variant], styles[size], className)} {...rest} />;
}
