import { useNavigate } from "@tanstack/react-router";
import type { Project } from "../../api/types";
import { useSession } from "../../session/session-context";
import type { IconName } from "../../ui/icon";
import { chooseTheme } from "../../ui/theme";

export type Command = { id: string; label: string; hint: string; icon: IconName; run: () => void };
type Input = { text: string; projects: readonly Project[]; projectId: string | null };

/** What the palette offers: a search with the typed words, pages of this project, other projects, themes. */
export function useCommands({ text, projects, projectId }: Input): Command[] {
  const navigate = useNavigate();
  const { can } = useSession();
  const words = text.trim();
  const go = (id: string, label: string, icon: IconName, run: () => void): Command => ({ id, label, hint: "Page", icon, run });
  const pages: Command[] =
    projectId === null
      ? []
      : [
          go("issues", "Issues", "issues", () => void navigate({ to: "/projects/$projectId/issues", params: { projectId } })),
          go("usage", "Usage", "usage", () => void navigate({ to: "/projects/$projectId/usage", params: { projectId } })),
          go("first-steps", "First steps", "rocket", () => void navigate({ to: "/projects/$projectId/first-steps", params: { projectId } })),
          go("dsn-keys", "DSN keys", "key", () => void navigate({ to: "/projects/$projectId/settings/keys", params: { projectId } })),
        ];
  const everything: Command[] = [
    ...pages,
    go("api-keys", "API keys", "lock", () => void navigate({ to: "/organization/api-keys" })),
    ...(can("audit:read") ? [go("audit", "Audit", "shield", () => void navigate({ to: "/organization/audit" }))] : []),
    ...projects.map((project): Command => ({
      id: `project-${project.id}`,
      label: project.name,
      hint: "Project",
      icon: "layers",
      run: () => void navigate({ to: "/projects/$projectId/issues", params: { projectId: project.id } }),
    })),
    { id: "theme-light", label: "Light theme", hint: "Theme", icon: "sun", run: () => chooseTheme("light") },
    { id: "theme-dark", label: "Dark theme", hint: "Theme", icon: "moon", run: () => chooseTheme("dark") },
    { id: "theme-system", label: "Theme of the system", hint: "Theme", icon: "system", run: () => chooseTheme("system") },
  ];
  const found = everything.filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  if (words === "" || projectId === null) return found;
  const search: Command = {
    id: "search",
    label: `Search issues for “${words}”`,
    hint: "Search",
    icon: "search",
    run: () => void navigate({ to: "/projects/$projectId/issues", params: { projectId }, search: { query: words } }),
  };
  return [...found, search];
}
