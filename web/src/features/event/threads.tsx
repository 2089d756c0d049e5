import { useState } from "react";
import type { Thread } from "../../api/types";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Menu, MenuChoices } from "../../ui/menu";
import { Panel } from "../../ui/panel";
import { FrameList } from "./frame-list";
import styles from "./threads.module.css";

type Props = { threads: readonly Thread[] };

const nameOf = (thread: Thread, index: number): string => thread.name ?? (thread.id === null ? `Thread ${index + 1}` : `Thread ${thread.id}`);

export function Threads({ threads }: Props) {
  const [chosen, setChosen] = useState(() => Math.max(0, threads.findIndex(({ crashed, current }) => crashed || current)));
  const thread = threads[chosen];
  if (thread === undefined) return null;
  const choices = threads.map((candidate, index) => ({ value: String(index), label: nameOf(candidate, index), hint: candidate.crashed ? "crashed" : `${candidate.frames.length} frames` }));
  return (
    <Panel
      title="Threads"
      actions={
        <Menu
          align="end"
          trigger={
            <Button size="s" aria-label={`Thread: ${nameOf(thread, chosen)}`}>
              {nameOf(thread, chosen)} <Icon name="chevronDown" />
            </Button>
          }
        >
          <MenuChoices label={`${threads.length} threads`} value={String(chosen)} choices={choices} onChange={(value) => setChosen(Number(value))} />
        </Menu>
      }
    >
      <p className={styles["state"]}>
        {thread.crashed && <Badge tone="bad">crashed</Badge>}
        {thread.current && <Badge>current</Badge>}
        {thread.main && <Badge>main</Badge>}
        {thread.state !== null && <Badge>{thread.state}</Badge>}
      </p>
      {thread.frames.length > 0 ? <FrameList key={chosen} frames={thread.frames} order="newest" mostOpen={1} marksCrash={false} /> : <p className={styles["none"]}>No frames were sent for this thread.</p>}
    </Panel>
  );
}
