import * as Primitive from "@radix-ui/react-tooltip";
import { use, type ReactNode } from "react";
import { FloatingLayerContext } from "./floating-layer";
import styles from "./tooltip.module.css";

type Props = { children: ReactNode; text: ReactNode };

/** `children` is one element which takes focus and a ref. */
export function Tooltip({ children, text }: Props) {
  const layer = use(FloatingLayerContext);
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal container={layer}>
        <Primitive.Content className={styles["tooltip"]} sideOffset={6} collisionPadding={8}>
          {text}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
