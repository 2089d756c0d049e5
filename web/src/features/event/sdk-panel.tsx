import type { Event } from "../../api/types";
import { FieldTable, type Field } from "../../ui/field-table";
import { Panel } from "../../ui/panel";
import { EventText } from "./event-text";

type Props = { event: Event };

export function SdkPanel({ event }: Props) {
  const known: [string, string | null | undefined][] = [
    ["event id", event.event_id],
    ["platform", event.platform],
    ["SDK", event.sdk === null ? null : [event.sdk.name, event.sdk.version].filter((part) => part !== null).join(" ")],
    ["integrations", event.sdk?.integrations.join(", ")],
    ["logger", event.logger],
    ["transaction", event.transaction],
    ["server name", event.server_name],
    ["dist", event.dist],
    ["trace id", event.trace?.trace_id],
    ["span id", event.trace?.span_id],
    ["fingerprint", event.fingerprint.join(", ")],
    ["normalization", event.errors.map(({ path, kind }) => `${path}: ${kind}`).join(", ")],
  ];
  const fields: Field[] = known.flatMap(([name, value]) => (value === null || value === undefined || value === "" ? [] : [{ name, value: <EventText text={value} /> }]));
  return (
    <Panel title="Event and SDK">
      <FieldTable label="Event and SDK" fields={fields} />
    </Panel>
  );
}
