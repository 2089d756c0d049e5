import type { IssueStatus } from "../../api/types";
import { plural } from "../../format/numbers";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import styles from "./bulk-bar.module.css";

type Props = { count: number; onChange: (status: IssueStatus) => void; onClear: () => void };

export function BulkBar({ count, onChange, onClear }: Props) {
  return (
    <div role="toolbar" aria-label="Selected issues" className={styles["bar"]}>
      <strong className={styles["count"]}>
        {count} {plural(count, "issue")} selected
      </strong>
      <Button size="s" variant="primary" onClick={() => onChange("resolved")}>
        <Icon name="check" /> Resolve
      </Button>
      <Button size="s" onClick={() => onChange("ignored")}>
        <Icon name="mute" /> Ignore
      </Button>
      <Button size="s" onClick={() => onChange("unresolved")}>
        <Icon name="undo" /> Unresolve
      </Button>
      <Button size="s" variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
