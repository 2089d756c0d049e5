import type { Facets, IssueSort, Period } from "../../api/types";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Menu, MenuChoices } from "../../ui/menu";
import { Segments } from "../../ui/segments";
import type { IssueSearch } from "./issue-search";
import styles from "./issue-toolbar.module.css";
import { readToken, writeToken } from "./query-tokens";

type Props = { search: IssueSearch; facets: Facets; onChange: (search: IssueSearch) => void };

const statuses = [
  { value: "unresolved", label: "Unresolved" },
  { value: "new", label: "New" },
  { value: "regressed", label: "Regressed" },
  { value: "resolved", label: "Resolved" },
  { value: "ignored", label: "Ignored" },
  { value: "all", label: "All" },
] as const;

const periods: { value: Period; label: string }[] = [
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "14d", label: "Last 14 days" },
  { value: "30d", label: "Last 30 days" },
];

const sorts: { value: IssueSort; label: string }[] = [
  { value: "last_seen", label: "Last seen" },
  { value: "first_seen", label: "First seen" },
  { value: "events", label: "Events" },
];

const anywhere = "*";

/** Tabs and pickers write into the one query, so that the URL and the search bar always say the same. */
export function IssueToolbar({ search, facets, onChange }: Props) {
  const state = readToken(search.query, "is");
  const environment = readToken(search.query, "environment");
  const environments = [...new Set([...facets.environments, ...(environment === null ? [] : [environment])])];
  const handleStatus = (value: (typeof statuses)[number]["value"]) => onChange({ ...search, query: writeToken(search.query, "is", value === "all" ? null : value) });
  const handleEnvironment = (value: string) => onChange({ ...search, query: writeToken(search.query, "environment", value === anywhere ? null : value) });

  return (
    <div className={styles["toolbar"]}>
      <div className={styles["scroller"]}>
        <Segments label="Status" value={statuses.find(({ value }) => value === (state ?? "all"))?.value ?? null} segments={statuses} onChange={handleStatus} />
      </div>
      <div className={styles["pickers"]}>
        <Menu trigger={<PickerButton label="Environment" value={environment ?? "All environments"} />} align="end">
          <MenuChoices
            label="Environment"
            value={environment ?? anywhere}
            choices={[{ value: anywhere, label: "All environments" }, ...environments.map((name) => ({ value: name, label: name }))]}
            onChange={handleEnvironment}
          />
        </Menu>
        <Menu trigger={<PickerButton label="Period" value={periods.find(({ value }) => value === search.period)?.label ?? ""} />} align="end">
          <MenuChoices label="Period" value={search.period} choices={periods} onChange={(period) => onChange({ ...search, period })} />
        </Menu>
        <Menu trigger={<PickerButton label="Sort by" value={sorts.find(({ value }) => value === search.sort)?.label ?? ""} />} align="end">
          <MenuChoices label="Sort by" value={search.sort} choices={sorts} onChange={(sort) => onChange({ ...search, sort })} />
        </Menu>
      </div>
    </div>
  );
}

type PickerProps = React.ComponentProps<"button"> & { label: string; value: string };

function PickerButton({ label, value, ...rest }: PickerProps) {
  return (
    <Button size="s" variant="ghost" aria-label={`${label}: ${value}`} {...rest}>
      {value}
      <Icon name="chevronDown" />
    </Button>
  );
}
