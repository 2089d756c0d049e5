import type { IssueDetail, IssueStatus } from "../../api/types";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { LevelMark } from "../../ui/level-mark";
import { Tooltip } from "../../ui/tooltip";
import styles from "./issue-header.module.css";

type Props = { issue: IssueDetail; canWrite: boolean; onChange: (status: IssueStatus) => void };

export function IssueHeader({ issue, canWrite, onChange }: Props) {
  const isOpen = issue.status === "unresolved";
  return (
    <header className={styles["header"]}>
      <div className={styles["words"]}>
        <div className={styles["meta"]}>
          <LevelMark level={issue.level} />
          <span>{issue.short_id}</span>
          <IssueBadges issue={issue} />
        </div>
        <h1 className={styles["title"]}>{issue.type ?? issue.title}</h1>
        {issue.type !== null && issue.value !== null && <p className={styles["value"]}>{issue.value}</p>}
        {issue.culprit !== "" && <p className={styles["culprit"]}>{issue.culprit}</p>}
      </div>
      {canWrite && (
        <div className={styles["actions"]}>
          {isOpen ? (
            <>
              <Tooltip text="Resolve (R)">
                <Button variant="primary" onClick={() => onChange("resolved")}>
                  <Icon name="check" /> Resolve
                </Button>
              </Tooltip>
              <Tooltip text="Ignore (I)">
                <Button onClick={() => onChange("ignored")}>
                  <Icon name="mute" /> Ignore
                </Button>
              </Tooltip>
            </>
          ) : (
            <Button onClick={() => onChange("unresolved")}>
              <Icon name="undo" /> {issue.status === "resolved" ? "Unresolve" : "Stop ignoring"}
            </Button>
          )}
        </div>
      )}
    </header>
  );
}

function IssueBadges({ issue }: { issue: IssueDetail }) {
  if (issue.status === "resolved") return <Badge tone="good">Resolved</Badge>;
  if (issue.status === "ignored") return <Badge>Ignored</Badge>;
  if (issue.substatus === "regressed") return <Badge tone="care">Regressed</Badge>;
  if (issue.substatus === "new") return <Badge tone="accent">New</Badge>;
  return null;
}
