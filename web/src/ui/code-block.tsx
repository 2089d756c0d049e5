import styles from "./code-block.module.css";
import { CodeLine } from "./code-line";
import { CopyButton } from "./copy-button";

type Props = { code: string; label: string; title?: string };

export function CodeBlock({ code, label, title }: Props) {
  return (
    <figure className={styles["block"]}>
      <figcaption className={styles["caption"]}>
        <span>{title ?? label}</span>
        <CopyButton text={code} label={`Copy ${label}`} isCompact />
      </figcaption>
      <pre className={styles["code"]} tabIndex={0} aria-label={label}>
        <code>
          {code.split("\n").map((line, index) => (
            <span key={index} className={styles["line"]}>
              <CodeLine text={line} />
              {"\n"}
            </span>
          ))}
        </code>
      </pre>
    </figure>
  );
}
