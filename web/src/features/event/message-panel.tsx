import type { Event } from "../../api/types";
import { Panel } from "../../ui/panel";
import { EventText } from "./event-text";
import styles from "./message-panel.module.css";

type Props = { event: Event };

export function MessagePanel({ event }: Props) {
  if (event.message === null) return null;
  const { formatted, template } = event.message;
  const saysMore = formatted !== event.title || (template !== null && template !== formatted);
  if (!saysMore) return null;
  return (
    <Panel title="Message">
      <p className={styles["message"]}>
        <EventText text={formatted} />
      </p>
      {template !== null && template !== formatted && (
        <p className={styles["template"]}>
          Template: <code>{template}</code>
        </p>
      )}
    </Panel>
  );
}
