import { FieldTable } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import { Panel } from "../../ui/panel";
import { renderEventText } from "./event-text";

type Props = { title: string; values: Record<string, unknown> };

export function ValuesPanel({ title, values }: Props) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <Panel title={title}>
      <FieldTable label={title} fields={entries.map(([name, value]) => ({ name, value: <JsonTree value={value} renderText={renderEventText} /> }))} />
    </Panel>
  );
}
