import { Badge } from "../../ui/badge";
import { EventText } from "./event-text";
import styles from "./exception-block.module.css";
import type { OrderedException } from "./exception-order";
import { FrameList } from "./frame-list";

type Props = { ordered: OrderedException; order: "newest" | "oldest" };

const relations = { main: null, cause: "Caused by", member: "Member of the group", consequence: "Led to" } as const;

export function ExceptionBlock({ ordered: { exception, relation }, order }: Props) {
  const { mechanism } = exception;
  const word = relations[relation];
  return (
    <article className={styles["exception"]} aria-label={exception.type ?? "Exception"}>
      {word !== null && <p className={styles["relation"]}>{word}</p>}
      <h3 className={styles["title"]}>
        <span className={styles["type"]}>{exception.type ?? "Error"}</span>
        {mechanism?.handled === false && <Badge tone="bad">unhandled</Badge>}
        {mechanism?.handled === true && <Badge>handled</Badge>}
        {mechanism?.type !== null && mechanism?.type !== undefined && <Badge>{mechanism.type}</Badge>}
        {exception.module !== null && <span className={styles["module"]}>{exception.module}</span>}
      </h3>
      {exception.value !== null && exception.value !== "" && (
        <p className={styles["value"]}>
          <EventText text={exception.value} />
        </p>
      )}
      {exception.frames.length > 0 ? (
        <FrameList frames={exception.frames} order={order} mostOpen={relation === "main" ? 6 : 1} />
      ) : (
        <p className={styles["none"]}>No stack trace was sent with this exception.</p>
      )}
    </article>
  );
}
