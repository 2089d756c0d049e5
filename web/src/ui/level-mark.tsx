import styles from "./level-mark.module.css";

const shapes = {
  fatal: "M5 0 10 5 5 10 0 5Z",
  error: "M5 .5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
  warning: "M5 .8 9.8 9.2H.2Z",
  info: "M1 1h8v8H1Z",
  debug: "M1 4h8v2H1Z",
} as const;

type Props = { level: string };

const isKnown = (level: string): level is keyof typeof shapes => level in shapes;

/** Shape and colour both carry the level, so that it is readable without seeing colours. */
export function LevelMark({ level }: Props) {
  const known = isKnown(level) ? level : "error";
  return (
    <span className={styles[known]} title={level}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">
        <path d={shapes[known]} fill="currentColor" />
      </svg>
      <span className="visually-hidden">{level}</span>
    </span>
  );
}
