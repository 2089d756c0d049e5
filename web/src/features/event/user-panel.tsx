import type { EventUser } from "../../api/types";
import { FieldTable, type Field } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import { Panel } from "../../ui/panel";
import { EventText, renderEventText } from "./event-text";

type Props = { user: EventUser | null };

export function UserPanel({ user }: Props) {
  if (user === null) return null;
  const known: [string, string | null][] = [
    ["id", user.id],
    ["username", user.username],
    ["email", user.email],
    ["name", user.name],
    ["ip address", user.ip_address],
  ];
  const fields: Field[] = [
    ...known.flatMap(([name, value]) => (value === null ? [] : [{ name, value: <EventText text={value} /> }])),
    ...Object.entries(user.data).map(([name, value]) => ({ name, value: <JsonTree value={value} renderText={renderEventText} /> })),
  ];
  if (fields.length === 0) return null;
  return (
    <Panel title="User">
      <FieldTable label="User" fields={fields} />
    </Panel>
  );
}
