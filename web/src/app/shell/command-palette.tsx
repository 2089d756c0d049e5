import { useQuery } from "@tanstack/react-query";
import { useId, useState, type KeyboardEvent } from "react";
import { projectsQuery } from "../../api/projects-query";
import { useSession } from "../../session/session-context";
import { Dialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import styles from "./command-palette.module.css";
import { useCommands } from "./use-commands";

type Props = { projectId: string | null; onClose: () => void };

export function CommandPalette({ projectId, onClose }: Props) {
  const id = useId();
  const { organizationId } = useSession();
  const { data: projects = [] } = useQuery(projectsQuery(organizationId));
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const commands = useCommands({ text, projects, projectId });

  const handleRun = (index: number) => {
    commands[index]?.run();
    onClose();
  };
  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      handleRun(active);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((current) => (commands.length === 0 ? 0 : (current + step + commands.length) % commands.length));
    }
  };

  return (
    <Dialog title="Search or jump to" hasHeader={false} placement="top" onClose={onClose}>
      <div className={styles["field"]}>
        <Icon name="search" />
        <input
          className={styles["input"]}
          role="combobox"
          aria-label="Search or jump to"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${active}` : undefined}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder="A project, a page, or words to search issues for"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={handleKeyDown}
        />
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label="Results" className={styles["list"]}>
        {commands.map((command, index) => (
          <li
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={styles["option"]}
            onPointerMove={() => setActive(index)}
            onClick={() => handleRun(index)}
          >
            <Icon name={command.icon} />
            <span className={styles["label"]}>{command.label}</span>
            <span className={styles["hint"]}>{command.hint}</span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className={styles["none"]}>Nothing matches.</p>}
    </Dialog>
  );
}
