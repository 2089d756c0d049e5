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

/** "[email]", and "[ip:k3v…]" where a keyed hash stands in the place of an "ip_address". */
function ruleOf(placeholder: string, rules: Rules): string | undefined {
  const [word = ""] = placeholder.split(":");
  const kind = rules.has(word) ? word : [...rules.keys()].find((known) => known.startsWith(`${word}_`));
  return kind === undefined || word === "" ? undefined : rules.get(kind);
}

type Props = { text: string };

/** Text of an event: hostile, so text only; what the scrubber put in someone's place becomes a chip. */
export function EventText({ text }: Props) {
  const rules = use(RulesContext);
  if (rules.size === 0 || !text.includes("[")) return text;
  return text.split(/(\[[^[\]]{1,80}\])/).map((part, index) => {
    const rule = part.startsWith("[") ? ruleOf(part.slice(1, -1), rules) : undefined;
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
