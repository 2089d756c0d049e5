import { useState } from "react";
import type { Frame } from "../../api/types";
import { Icon } from "../../ui/icon";
import { framesOpenAtFirst, groupFrames, type NumberedFrame } from "./frame-groups";
import styles from "./frame-list.module.css";
import { StackFrame } from "./stack-frame";

type Props = { frames: readonly Frame[]; order: "newest" | "oldest"; mostOpen?: number; marksCrash?: boolean };

const mostGroups = 30;
const groupsAtFirst = 20;

/** Frames as wire order gives them; own frames open, library frames folded into groups. */
export function FrameList({ frames, order, mostOpen, marksCrash = true }: Props) {
  const [open, setOpen] = useState(() => framesOpenAtFirst(frames, mostOpen));
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [isWhole, setIsWhole] = useState(false);
  const crash = marksCrash && frames.length > 1 ? frames.length - 1 : null;
  const groups = groupFrames(frames, order);
  const shown = isWhole || groups.length <= mostGroups ? groups : groups.slice(0, groupsAtFirst);

  const handleToggle = (key: number) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const renderFrame = ({ frame, key }: NumberedFrame) => (
    <StackFrame key={key} frame={frame} isOpen={open.has(key)} isCrash={key === crash} onToggle={() => handleToggle(key)} />
  );

  return (
    <ol className={styles["frames"]}>
      {shown.map((group) => {
        if (group.kind === "own") return renderFrame(group.frame);
        const key = group.frames[0]?.key ?? 0;
        const isUnfolded = unfolded.has(key);
        return isUnfolded ? (
          group.frames.map(renderFrame)
        ) : (
          <li key={key} className={styles["group"]}>
            <button type="button" className={styles["unfold"]} aria-expanded={false} onClick={() => setUnfolded(new Set([...unfolded, key]))}>
              <Icon name="layers" />
              <span>
                {group.frames.length} library {group.frames.length === 1 ? "frame" : "frames"}
              </span>
              {group.names.length > 0 && <span className={styles["names"]}>{group.names.join(", ")}</span>}
              {group.frames.some((frame) => frame.key === crash) && <span className={styles["hint"]}>raised inside</span>}
            </button>
          </li>
        );
      })}
      {shown.length < groups.length && (
        <li className={styles["group"]}>
          <button type="button" className={styles["unfold"]} aria-expanded={false} onClick={() => setIsWhole(true)}>
            <Icon name="chevronDown" /> Show {groups.length - shown.length} more
          </button>
        </li>
      )}
    </ol>
  );
}
