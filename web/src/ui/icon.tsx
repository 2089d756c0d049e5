import styles from "./icon.module.css";

// Drawn on a 16 px grid with one stroke weight, so that every icon has the same grey value.
const paths = {
  issues: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM8 5.2v3.4M8 10.8v.1",
  usage: "M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6",
  key: "M10.2 9.3a3.2 3.2 0 1 0-3.5-3.5L2.5 10v3.5H6v-2h2v-1.7ZM11 5.1v-.1",
  rocket: "M9.5 3.2c1.4-.7 2.7-.8 3.6-.3.5.9.4 2.2-.3 3.6C12 8.2 9.6 10.3 8 11L5 8c.7-1.6 2.8-4 4.5-4.8ZM5.3 7.6 3 8.3M8.4 10.7 7.7 13M4.6 10.2l-1.8 3 3-1.8",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4ZM10.2 10.2l3.3 3.3",
  check: "M3 8.6 6.3 12 13 4.5",
  mute: "M2.5 2.5l11 11M6.4 4A4.2 4.2 0 0 1 12.2 8v2.2l.9 1.3M10.4 11.5H2.8l1-1.6V8a4 4 0 0 1 .3-1.6M6.6 13.5h2.8",
  undo: "M5.5 3 2.5 6l3 3M2.8 6h6.4a3.6 3.6 0 0 1 0 7.2H6",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z",
  chevronDown: "M4 6.2 8 10l4-3.8",
  chevronRight: "M6.2 4 10 8l-3.8 4",
  chevronLeft: "M9.8 4 6 8l3.8 4",
  first: "M4 4v8M11.5 4 7.5 8l4 4",
  last: "M12 4v8M4.5 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  system: "M2.5 3.5h11v7.5h-11ZM6 13.5h4M8 11v2.5",
  keyboard: "M1.8 4.2h12.4v7.6H1.8ZM4.5 6.8v.1M7 6.8v.1M9.5 6.8v.1M12 6.8v.1M5 9.4h6",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  more: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  plus: "M8 3v10M3 8h10",
  signOut: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  trash: "M2.8 4.5h10.4M6.3 4.5v-2h3.4v2M4.2 4.5l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4",
  shield: "M8 2l5 1.8v3.9c0 3-2.1 5.2-5 6.3-2.9-1.1-5-3.3-5-6.3V3.8Z",
  user: "M8 2.8a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2ZM3 13.4c.5-2.3 2.5-3.6 5-3.6s4.5 1.3 5 3.6",
  inbox: "M2.5 9h3.2l1 1.8h2.6l1-1.8h3.2M2.5 9l2-5.5h7l2 5.5v4h-11Z",
  warning: "M8 2.5 14 13H2ZM8 6.5v3M8 11.2v.1",
  lock: "M4 7.2h8v6H4ZM5.6 7.2V5a2.4 2.4 0 0 1 4.8 0v2.2",
  layers: "M8 2.5 14 5.7 8 9 2 5.7ZM2.6 8.6 8 11.5l5.4-2.9M2.6 11.2 8 14l5.4-2.8",
  arrowDown: "M8 3v10M4.2 9.2 8 13l3.8-3.8",
  arrowUp: "M8 13V3M4.2 6.8 8 3l3.8 3.8",
  table: "M2.5 3h11v10h-11ZM2.5 6.3h11M2.5 9.6h11M6.5 3v10",
} as const;

export type IconName = keyof typeof paths;

type Props = { name: IconName };

export function Icon({ name }: Props) {
  return (
    <svg className={styles["icon"]} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
