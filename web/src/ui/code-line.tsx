import { highlightLine } from "./code-highlight";
import styles from "./code-line.module.css";

type Props = { text: string };

export function CodeLine({ text }: Props) {
  return highlightLine(text).map(({ kind, text: part }, index) =>
    kind === "plain" ? (
      part
    ) : (
      <span key={index} className={styles[kind]}>
        {part}
      </span>
    ),
  );
}
