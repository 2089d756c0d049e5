import * as Primitive from "@radix-ui/react-dropdown-menu";
import { use, type ReactNode } from "react";
import { FloatingLayerContext } from "./floating-layer";
import { Icon, type IconName } from "./icon";
import styles from "./menu.module.css";

type MenuProps = { trigger: ReactNode; children: ReactNode; align?: "start" | "end" };

/** Not modal: the modal variant locks scrolling with a style element, which the content policy refuses. */
export function Menu({ trigger, children, align = "start" }: MenuProps) {
  const layer = use(FloatingLayerContext);
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal container={layer}>
        <Primitive.Content className={styles["menu"]} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

type ItemProps = { children: ReactNode; icon?: IconName; onSelect: () => void };

export function MenuItem({ children, icon, onSelect }: ItemProps) {
  return (
    <Primitive.Item className={styles["item"]} onSelect={onSelect}>
      {icon !== undefined && <Icon name={icon} />}
      <span className={styles["text"]}>{children}</span>
    </Primitive.Item>
  );
}

type Choice<Value extends string> = { value: Value; label: string; hint?: string };
type ChoicesProps<Value extends string> = { label: string; value: Value; choices: readonly Choice<Value>[]; onChange: (value: Value) => void };

export function MenuChoices<Value extends string>({ label, value, choices, onChange }: ChoicesProps<Value>) {
  const handleChange = (next: string) => {
    const choice = choices.find((candidate) => candidate.value === next);
    if (choice !== undefined) onChange(choice.value);
  };
  return (
    <Primitive.RadioGroup aria-label={label} value={value} onValueChange={handleChange}>
      <Primitive.Label className={styles["label"]}>{label}</Primitive.Label>
      {choices.map((choice) => (
        <Primitive.RadioItem key={choice.value} className={styles["item"]} value={choice.value}>
          <span className={styles["mark"]}>
            <Primitive.ItemIndicator>
              <Icon name="check" />
            </Primitive.ItemIndicator>
          </span>
          <span className={styles["text"]}>{choice.label}</span>
          {choice.hint !== undefined && <span className={styles["hint"]}>{choice.hint}</span>}
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Primitive.Separator className={styles["separator"]} />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Primitive.Label className={styles["label"]}>{children}</Primitive.Label>;
}
