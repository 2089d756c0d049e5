import { useState } from "react";
import type { Breadcrumb } from "../../api/types";
import { plural } from "../../format/numbers";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Menu, MenuChoices } from "../../ui/menu";
import { Panel } from "../../ui/panel";
import { BreadcrumbRow } from "./breadcrumb-row";
import styles from "./breadcrumbs.module.css";

type Props = { breadcrumbs: readonly Breadcrumb[]; occurredAt: string };

const all = "*";
const shownAtFirst = 12;

const kindOf = (crumb: Breadcrumb): string => crumb.category ?? crumb.type ?? "default";
const levelOf = (crumb: Breadcrumb): string => crumb.level ?? "info";

function FilterMenu({ label, value, values, onChange }: { label: string; value: string; values: readonly string[]; onChange: (value: string) => void }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button size="s" variant="ghost" aria-label={`${label}: ${value === all ? "all" : value}`}>
          {value === all ? label : value} <Icon name="chevronDown" />
        </Button>
      }
    >
      <MenuChoices label={label} value={value} choices={[{ value: all, label: "All" }, ...values.map((name) => ({ value: name, label: name }))]} onChange={onChange} />
    </Menu>
  );
}

export function Breadcrumbs({ breadcrumbs, occurredAt }: Props) {
  const [kind, setKind] = useState(all);
  const [level, setLevel] = useState(all);
  const [isWhole, setIsWhole] = useState(false);
  if (breadcrumbs.length === 0) return null;

  const matching = breadcrumbs.filter((crumb) => (kind === all || kindOf(crumb) === kind) && (level === all || levelOf(crumb) === level)).reverse();
  const shown = isWhole ? matching : matching.slice(0, shownAtFirst);
  const hidden = matching.length - shown.length;
  return (
    <Panel
      title="Breadcrumbs"
      actions={
        <>
          <FilterMenu label="Type" value={kind} values={[...new Set(breadcrumbs.map(kindOf))]} onChange={setKind} />
          <FilterMenu label="Level" value={level} values={[...new Set(breadcrumbs.map(levelOf))]} onChange={setLevel} />
        </>
      }
    >
      <ol className={styles["list"]}>
        {shown.map((crumb, index) => (
          <BreadcrumbRow key={index} crumb={crumb} occurredAt={occurredAt} />
        ))}
        {matching.length === 0 && <li className={styles["none"]}>No breadcrumb matches this filter.</li>}
      </ol>
      {hidden > 0 && (
        <Button size="s" variant="ghost" onClick={() => setIsWhole(true)}>
          Show {hidden} older {plural(hidden, "breadcrumb")}
        </Button>
      )}
    </Panel>
  );
}
