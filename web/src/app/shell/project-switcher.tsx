import { useNavigate } from "@tanstack/react-router";
import type { Project } from "../../api/types";
import { formatCompact } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { Icon } from "../../ui/icon";
import { Menu, MenuChoices, MenuItem, MenuSeparator } from "../../ui/menu";
import styles from "./project-switcher.module.css";

type Props = { projects: readonly Project[]; current: Project | undefined };

const hintOf = ({ unresolved_count: count }: Project): string => (count === 0 ? "" : formatCompact(count, readerLocale));

export function ProjectSwitcher({ projects, current }: Props) {
  const navigate = useNavigate();
  const { can } = useSession();
  return (
    <Menu
      trigger={
        <button type="button" className={styles["trigger"]}>
          <span className="visually-hidden">Project: </span>
          <span className={styles["initial"]} aria-hidden="true">
            {(current?.name ?? "–").slice(0, 1).toUpperCase()}
          </span>
          <span className={styles["name"]}>{current?.name ?? "Choose a project"}</span>
          <Icon name="chevronDown" />
        </button>
      }
    >
      <MenuChoices
        label="Projects"
        value={current?.id ?? ""}
        choices={projects.map((project) => ({ value: project.id, label: project.name, hint: hintOf(project) }))}
        onChange={(projectId) => void navigate({ to: "/projects/$projectId/issues", params: { projectId } })}
      />
      {can("project:write") && (
        <>
          <MenuSeparator />
          <MenuItem icon="plus" onSelect={() => void navigate({ to: "/projects/new" })}>
            New project
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
