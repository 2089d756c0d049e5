import type { Event } from "../../api/types";
import { Badge } from "../../ui/badge";
import { Panel } from "../../ui/panel";
import styles from "./privacy-panel.module.css";

type Props = { event: Event };

/** The evidence of the scrubber: where something was taken out, and by which rule. Never what it was. */
export function PrivacyPanel({ event }: Props) {
  if (event.redactions.length === 0 && !event.scrub_failed) return null;
  return (
    <Panel title="Removed before storage">
      {event.scrub_failed && <p className={styles["failed"]}>Scrubbing failed for this event, so all of its free text was dropped.</p>}
      {event.redactions.length > 0 && (
        <table className={styles["table"]}>
          <caption className="visually-hidden">Redactions</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Where</th>
              <th scope="col">Rule</th>
            </tr>
          </thead>
          <tbody>
            {event.redactions.map(({ path, rule, kind, method, count }, index) => (
              <tr key={index}>
                <td>
                  <Badge tone="care">{kind}</Badge> {method}
                  {count > 1 && ` × ${count}`}
                </td>
                <td className={styles["path"]}>{path}</td>
                <td className={styles["rule"]}>{rule}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
