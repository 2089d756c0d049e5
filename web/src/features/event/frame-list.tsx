import { useState } from "react";
import type { Frame } from "../../api/types";
import { Icon } from "../../ui/icon";
import { framesOpenAtFirst, groupFrames, type NumberedFrame } from "./frame-groups";
import styles from "./frame-list.module.css";
import { StackFrame } from "./stack-frame";

type Props = { frames: readonly Frame[]; order: "newest" | "oldest"; mostOpen?: number };

/** Frames as wire order gives them; own frames open, library frames folded into groups. */
export function FrameList({ frames, order, mostOpen }: Props) {
  const [open, setOpen] = useState(() => framesOpenAtFirst(frames, mostOpen));
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const crash = frames.length - 1;

  const handleToggle = (key: number) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const renderFrame = ({ frame, key }: NumberedFrame) => (
    <StackFrame key={key} frame={frame} isOpen={open.has(key)} isCrash={key === crash && frames.length > 1} onToggle={() => handleToggle(key)} />
  );

  return (
    <ol className={styles["frames"]}>
      {groupFrames(frames, order).map((group) => {
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
              {group.frames.some((frame) => frame.key === crash) && frames.length > 1 && <span className={styles["hint"]}>raised inside</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
