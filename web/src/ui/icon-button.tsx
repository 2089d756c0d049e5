import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icon";
import styles from "./icon-button.module.css";
import { Tooltip } from "./tooltip";

type Props = Omit<ComponentProps<"button">, "children" | "aria-label"> & { icon: IconName; label: string };

export function IconButton({ icon, label, type = "button", ...rest }: Props) {
  return (
    <Tooltip text={label}>
      <button type={type} aria-label={label} className={styles["button"]} {...rest}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
