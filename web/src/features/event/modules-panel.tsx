import { Panel } from "../../ui/panel";
import styles from "./modules-panel.module.css";

type Props = { modules: Record<string, unknown> };

/** Often a hundred lines, rarely needed: folded until asked for. */
export function ModulesPanel({ modules }: Props) {
  const entries = Object.entries(modules).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <Panel title="Modules">
      <details>
        <summary className={styles["summary"]}>{entries.length} installed</summary>
        <dl className={styles["modules"]}>
          {entries.map(([name, version]) => (
            <div key={name} className={styles["module"]}>
              <dt className={styles["name"]}>{name}</dt>
              <dd>{typeof version === "string" ? version : JSON.stringify(version)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}
