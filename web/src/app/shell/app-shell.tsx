import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { sessionQuery } from "../../api/session-query";
import { SessionProvider } from "../../session/session-context";
import { Dialog } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { useShortcuts } from "../../ui/shortcuts/use-shortcuts";
import { lastProjectId, rememberProject } from "../last-project";
import styles from "./app-shell.module.css";
import { CommandPalette } from "./command-palette";
import { SearchTrigger } from "./search-trigger";
import { ShortcutSheet } from "./shortcut-sheet";
import { Sidebar } from "./sidebar";
import { ThemeToggle } from "./theme-toggle";
import { Trail } from "./trail";
import { UserMenu } from "./user-menu";

type Overlay = "none" | "palette" | "sheet" | "navigation";

export function AppShell() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { projectId } = useParams({ strict: false });
  const [overlay, setOverlay] = useState<Overlay>("none");
  const close = () => setOverlay("none");
  const currentProject = projectId ?? lastProjectId();
  useShortcuts({ palette: () => setOverlay("palette"), sheet: () => setOverlay("sheet") });

  // Follows the address, so that the next visit starts where this one was.
  useEffect(() => {
    if (projectId !== undefined) rememberProject(projectId);
  }, [projectId]);

  return (
    <SessionProvider session={session}>
      <a href="#content" className={styles["skip"]}>
        Skip to the content
      </a>
      <div className={styles["shell"]}>
        <div className={styles["sidebar"]}>
          <Sidebar projectId={currentProject} onNavigate={close} />
        </div>
        <header className={styles["topbar"]}>
          <div className={styles["burger"]}>
            <IconButton icon="menu" label="Navigation" onClick={() => setOverlay("navigation")} />
          </div>
          <Trail projectId={projectId ?? null} />
          <div className={styles["tools"]}>
            <SearchTrigger onOpen={() => setOverlay("palette")} />
            <IconButton icon="keyboard" label="Keyboard shortcuts (?)" onClick={() => setOverlay("sheet")} />
            <ThemeToggle />
            <UserMenu />
          </div>
        </header>
        <main id="content" className={styles["content"]} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {overlay === "palette" && <CommandPalette projectId={currentProject} onClose={close} />}
      {overlay === "sheet" && <ShortcutSheet onClose={close} />}
      {overlay === "navigation" && (
        <Dialog title="Navigation" hasHeader={false} placement="side" onClose={close}>
          <Sidebar projectId={currentProject} onNavigate={close} />
        </Dialog>
      )}
    </SessionProvider>
  );
}
