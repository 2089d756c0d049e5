import { useState, type ReactNode } from "react";
import type { Project } from "../../api/types";
import { CodeBlock } from "../../ui/code-block";
import styles from "./first-steps.module.css";
import { PlatformPicker } from "./platform-picker";
import { findPlatform, platforms } from "./platforms";

type Props = { project: Project; waiting: ReactNode };

const fallback = platforms[0];

const guess = (platform: string | null): string => findPlatform(platform)?.id ?? platforms.find(({ id }) => platform?.startsWith(id))?.id ?? fallback?.id ?? "";

export function FirstSteps({ project, waiting }: Props) {
  const [platformId, setPlatformId] = useState(() => guess(project.platform));
  const platform = findPlatform(platformId) ?? fallback;
  if (platform === undefined) return null;
  return (
    <div className={styles["page"]}>
      <header>
        <h1 className={styles["title"]}>Send your first event</h1>
        <p className={styles["lead"]}>Point the official SDK of your platform at {project.name}. Only the DSN differs from what its documentation says.</p>
      </header>
      <PlatformPicker name={`platform-${project.id}`} value={platform.id} onChange={setPlatformId} />
      {project.dsn === null ? (
        <p className={styles["lead"]}>This project has no active DSN key yet.</p>
      ) : (
        <ol className={styles["steps"]}>
          <li className={styles["step"]}>
            <h2 className={styles["heading"]}>Add the SDK</h2>
            <CodeBlock code={platform.install} label="install command" title={platform.name} />
          </li>
          {platform.snippets(project.dsn).map(({ title, code }, index) => (
            <li key={`${platform.id}-${title}`} className={styles["step"]}>
              <h2 className={styles["heading"]}>{index === 0 ? "Set it up" : "Try it"}</h2>
              <CodeBlock code={code} label={index === 0 ? "setup snippet" : "test snippet"} title={title} />
            </li>
          ))}
        </ol>
      )}
      {waiting}
    </div>
  );
}
