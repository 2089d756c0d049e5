import type { Frame } from "../../api/types";
import { Badge } from "../../ui/badge";
import { Icon } from "../../ui/icon";
import { hasDetails } from "./frame-groups";
import { frameFunction, frameLocation } from "./frame-names";
import { FrameVariables } from "./frame-variables";
import { SourceContext } from "./source-context";
import styles from "./stack-frame.module.css";

type Props = { frame: Frame; isOpen: boolean; isCrash: boolean; onToggle: () => void };

export function StackFrame({ frame, isOpen, isCrash, onToggle }: Props) {
  const isFolding = hasDetails(frame);
  return (
    <li className={styles["frame"]} data-own={frame.in_app}>
      <button type="button" className={styles["head"]} aria-expanded={isFolding ? isOpen : undefined} disabled={!isFolding} onClick={onToggle}>
        <span className={styles["arrow"]} data-open={isOpen}>
          {isFolding && <Icon name="chevronRight" />}
        </span>
        <span className={styles["words"]}>
          <span className={styles["function"]}>{frameFunction(frame)}</span>
          <span className={styles["location"]} title={frame.abs_path ?? undefined}>
            {frameLocation(frame)}
          </span>
        </span>
        {isCrash && <Badge tone="bad">raised here</Badge>}
        {!frame.in_app && <Badge>library</Badge>}
      </button>
      {isOpen && isFolding && (
        <div className={styles["body"]}>
          <SourceContext frame={frame} />
          <FrameVariables variables={frame.variables} />
        </div>
      )}
    </li>
  );
}
