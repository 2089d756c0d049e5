import { Panel } from "../../ui/panel";
import { EventText } from "./event-text";
import styles from "./tags-panel.module.css";

type Props = { tags: readonly (readonly string[])[] };

export function TagsPanel({ tags }: Props) {
  if (tags.length === 0) return null;
  return (
    <Panel title="Tags of this event">
      <dl className={styles["tags"]}>
        {tags.map(([key = "", value = ""]) => (
          <div key={key} className={styles["tag"]}>
            <dt className={styles["key"]}>{key}</dt>
            <dd className={styles["value"]}>
              <EventText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
