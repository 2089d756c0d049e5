import type { EventRequest } from "../../api/types";
import { FieldTable } from "../../ui/field-table";
import { JsonTree } from "../../ui/json-tree";
import { Panel } from "../../ui/panel";
import { EventText, renderEventText } from "./event-text";
import styles from "./request-panel.module.css";

type Props = { request: EventRequest | null };

const pairFields = (pairs: readonly (readonly string[])[]) => pairs.map(([name = "", value = ""]) => ({ name, value: <EventText text={value} /> }));

/** The address is shown, not followed: an event's links are hostile. */
export function RequestPanel({ request }: Props) {
  if (request === null) return null;
  const body = request.data ?? null;
  const environment = Object.entries(request.env);
  const address = `${request.url ?? ""}${request.query_string ? `?${request.query_string}` : ""}${request.fragment ? `#${request.fragment}` : ""}`;
  return (
    <Panel title="Request">
      <p className={styles["address"]}>
        {request.method !== null && <strong className={styles["method"]}>{request.method}</strong>}
        <EventText text={address} />
      </p>
      <div className={styles["parts"]}>
        {body !== null && (
          <section>
            <h3 className={styles["title"]}>Body</h3>
            <div className={styles["body"]}>
              <JsonTree value={body} renderText={renderEventText} />
            </div>
          </section>
        )}
        {request.headers.length > 0 && (
          <section>
            <h3 className={styles["title"]}>Headers</h3>
            <FieldTable label="Headers" fields={pairFields(request.headers)} />
          </section>
        )}
        {request.cookies.length > 0 && (
          <section>
            <h3 className={styles["title"]}>Cookies</h3>
            <FieldTable label="Cookies" fields={pairFields(request.cookies)} />
          </section>
        )}
        {environment.length > 0 && (
          <section>
            <h3 className={styles["title"]}>Environment</h3>
            <FieldTable label="Environment" fields={environment.map(([name, value]) => ({ name, value: <JsonTree value={value} renderText={renderEventText} /> }))} />
          </section>
        )}
      </div>
    </Panel>
  );
}
