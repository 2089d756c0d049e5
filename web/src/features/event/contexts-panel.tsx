import { FieldTable } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import { Panel } from "../../ui/panel";
import styles from "./contexts-panel.module.css";
import { renderEventText } from "./event-text";

type Props = { contexts: Record<string, unknown> };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

export function ContextsPanel({ contexts }: Props) {
  const known = Object.entries(contexts).filter(([, value]) => isRecord(value) && Object.keys(value).length > 0);
  if (known.length === 0) return null;
  return (
    <Panel title="Contexts">
      <div className={styles["grid"]}>
        {known.map(([name, value]) => (
          <section key={name}>
            <h3 className={styles["name"]}>{name.replaceAll("_", " ")}</h3>
            <FieldTable
              label={name}
              fields={Object.entries(isRecord(value) ? value : {})
                .filter(([key, item]) => key !== "type" && item !== null)
                .map(([key, item]) => ({ name: key.replaceAll("_", " "), value: <JsonTree value={item} renderText={renderEventText} depth={1} /> }))}
            />
          </section>
        ))}
      </div>
    </Panel>
  );
}
