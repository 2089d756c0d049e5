import { FieldTable } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import { renderEventText } from "./event-text";
import styles from "./frame-variables.module.css";

type Props = { variables: Record<string, unknown> };

export function FrameVariables({ variables }: Props) {
  const entries = Object.entries(variables);
  if (entries.length === 0) return null;
  return (
    <div className={styles["variables"]}>
      <FieldTable label="Local variables" fields={entries.map(([name, value]) => ({ name, value: <JsonTree value={value} renderText={renderEventText} /> }))} />
    </div>
  );
}
