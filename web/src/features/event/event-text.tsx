import { createContext, use, useMemo, type ReactNode } from "react";
import type { Redaction } from "../../api/types";
import styles from "./event-text.module.css";

type Rules = ReadonlyMap<string, string>;

const RulesContext = createContext<Rules>(new Map());

type ProviderProps = { redactions: readonly Redaction[]; children: ReactNode };

/** Makes the event's scrub manifest known to every text below. */
export function RedactionProvider({ redactions, children }: ProviderProps) {
  const rules = useMemo(() => new Map(redactions.map(({ kind, rule, method }) => [kind, `${kind} ${method} by rule ${rule}`])), [redactions]);
  return <RulesContext value={rules}>{children}</RulesContext>;
}

type Props = { text: string };

/** Text of an event: hostile, so text only; what the scrubber put in someone's place becomes a chip. */
export function EventText({ text }: Props) {
  const rules = use(RulesContext);
  if (rules.size === 0 || !text.includes("[")) return text;
  return text.split(/(\[[^[\]]{1,40}\])/).map((part, index) => {
    const rule = part.startsWith("[") ? rules.get(part.slice(1, -1)) : undefined;
    return rule === undefined ? (
      part
    ) : (
      <mark key={index} className={styles["chip"]} title={rule}>
        {part}
      </mark>
    );
  });
}

export const renderEventText = (text: string): ReactNode => <EventText text={text} />;
