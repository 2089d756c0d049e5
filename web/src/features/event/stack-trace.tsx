import { useState } from "react";
import type { Event } from "../../api/types";
import { CopyButton } from "../../ui/copy-button";
import { Panel } from "../../ui/panel";
import { Segments } from "../../ui/segments";
import { ExceptionBlock } from "./exception-block";
import { orderExceptions } from "./exception-order";
import { rawTrace } from "./raw-trace";
import styles from "./stack-trace.module.css";

type Props = { event: Event };
type Order = "newest" | "oldest" | "raw";

const orders = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "raw", label: "Raw" },
] as const;

export function StackTrace({ event }: Props) {
  const [order, setOrder] = useState<Order>("newest");
  if (event.exceptions.length === 0) return null;
  return (
    <Panel
      title="Stack trace"
      actions={
        <>
          <Segments label="Order of calls" value={order} segments={orders} onChange={setOrder} />
          <CopyButton text={() => rawTrace(event.exceptions)} label="Copy" />
        </>
      }
    >
      {order === "raw" ? (
        <pre className={styles["raw"]} tabIndex={0} aria-label="Raw stack trace">
          {rawTrace(event.exceptions)}
        </pre>
      ) : (
        orderExceptions(event.exceptions).map((ordered, index) => <ExceptionBlock key={`${event.event_id}-${index}`} ordered={ordered} order={order} />)
      )}
    </Panel>
  );
}
