import type { Frame } from "../../api/types";
import { CodeLine } from "../../ui/code-line";
import styles from "./source-context.module.css";

type Props = { frame: Frame };
type Line = { number: number | null; text: string; isHit: boolean };

function linesOf({ context_line: hit, line_number: number, pre_context: before, post_context: after }: Frame): Line[] {
  if (hit === null) return [];
  const first = number === null ? null : number - before.length;
  return [...before, hit, ...after].map((text, index) => ({ number: first === null ? null : first + index, text, isHit: index === before.length }));
}

export function SourceContext({ frame }: Props) {
  const lines = linesOf(frame);
  if (lines.length === 0) return null;
  return (
    <pre className={styles["source"]} tabIndex={0} aria-label={`Source around line ${frame.line_number ?? "unknown"}`}>
      <code className={styles["lines"]}>
        {lines.map((line, index) => (
          <span key={index} className={styles["line"]} data-hit={line.isHit}>
            <span className={styles["number"]} aria-hidden="true">
              {line.number}
            </span>
            <span className={styles["text"]}>
              <CodeLine text={line.text} />
              {"\n"}
            </span>
          </span>
        ))}
      </code>
    </pre>
  );
}
