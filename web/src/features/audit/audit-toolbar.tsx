import { Button } from "../../ui/button";
import type { AuditPeriod, AuditSearch } from "./audit-search";
import styles from "./audit-toolbar.module.css";
import { actionGroups, actionWords, kindWords, nameOf, targetKinds, type People } from "./audit-words";

type Props = { search: AuditSearch; people: People; onChange: (search: AuditSearch) => void };

const periods: readonly (readonly [value: AuditPeriod, label: string])[] = [
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
];

const dayOf = (date: Date): string => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

/** A value from the address which the choices lack is a choice all the same: else the picker would hide a filter. */
const withOwn = (choices: readonly string[], own: string | undefined): string[] => [...new Set([...choices, ...(own === undefined ? [] : [own])])];

export function AuditToolbar({ search, people, onChange }: Props) {
  const actors = withOwn(withOwn(people.members.map((member) => member.user_id), people.ownId), search.actor);
  const knownActions = actionGroups.flatMap(({ actions }) => actions.map(([label]) => label));
  const range = search.period ?? (search.from !== undefined || search.to !== undefined ? "custom" : "");
  const handleRange = (value: string) => {
    const period = periods.find(([known]) => known === value)?.[0];
    const days = value === "custom" ? { from: dayOf(new Date()), to: dayOf(new Date()) } : { from: undefined, to: undefined };
    onChange({ ...search, period, ...days });
  };
  return (
    <div className={styles["toolbar"]} role="group" aria-label="Filters">
      <select className={styles["control"]} aria-label="Action" value={search.action ?? ""} onChange={({ target }) => onChange({ ...search, action: target.value || undefined })}>
        <option value="">All actions</option>
        {search.action !== undefined && !knownActions.includes(search.action) && <option value={search.action}>{actionWords(search.action)}</option>}
        {actionGroups.map(({ resource, actions }) => (
          <optgroup key={resource} label={resource}>
            {actions.map(([label, words]) => (
              <option key={label} value={label}>
                {words}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <select className={styles["control"]} aria-label="Actor" value={search.actor ?? ""} onChange={({ target }) => onChange({ ...search, actor: target.value || undefined })}>
        <option value="">Everyone</option>
        {actors.map((id) => (
          <option key={id} value={id}>
            {nameOf(id, people)}
          </option>
        ))}
      </select>
      <select
        className={styles["control"]}
        aria-label="Target"
        value={search.target_kind ?? ""}
        onChange={({ target }) => onChange({ ...search, target_kind: target.value || undefined, target_id: undefined })}
      >
        <option value="">All targets</option>
        {withOwn(targetKinds, search.target_kind).map((kind) => (
          <option key={kind} value={kind}>
            {kindWords(kind)}
          </option>
        ))}
      </select>
      {search.target_kind !== undefined && (
        <input
          key={search.target_id ?? ""}
          className={styles["id"]}
          aria-label="Target id"
          placeholder="Its id, then Enter"
          defaultValue={search.target_id ?? ""}
          maxLength={200}
          spellCheck={false}
          onKeyDown={(event) => {
            if (event.key === "Enter") onChange({ ...search, target_id: event.currentTarget.value.trim() || undefined });
          }}
          onBlur={({ target }) => {
            if (target.value.trim() !== (search.target_id ?? "")) onChange({ ...search, target_id: target.value.trim() || undefined });
          }}
        />
      )}
      <select className={styles["control"]} aria-label="Time" value={range} onChange={({ target }) => handleRange(target.value)}>
        <option value="">Any time</option>
        {periods.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        <option value="custom">From … to …</option>
      </select>
      {range === "custom" && (
        <>
          <input type="date" className={styles["control"]} aria-label="From" max={search.to} value={search.from ?? ""} onChange={({ target }) => onChange({ ...search, from: target.value || undefined })} />
          <input type="date" className={styles["control"]} aria-label="To" min={search.from} value={search.to ?? ""} onChange={({ target }) => onChange({ ...search, to: target.value || undefined })} />
        </>
      )}
      {Object.values(search).some((value) => value !== undefined) && (
        <Button size="s" variant="ghost" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </div>
  );
}
