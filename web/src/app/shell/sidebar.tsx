import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { projectsQuery } from "../../api/projects-query";
import { formatCompact } from "../../format/numbers";
import { readerLocale } from "../../format/reader-locale";
import { useSession } from "../../session/session-context";
import { Icon, type IconName } from "../../ui/icon";
import { Logo } from "./logo";
import { ProjectSwitcher } from "./project-switcher";
import styles from "./sidebar.module.css";

type Props = { projectId: string | null; onNavigate: () => void };

export function Sidebar({ projectId, onNavigate }: Props) {
  const { organizationId, organization, can } = useSession();
  const { data: projects = [] } = useQuery(projectsQuery(organizationId));
  const project = projects.find(({ id }) => id === projectId);
  return (
    <aside className={styles["sidebar"]} aria-label="Navigation" onClick={onNavigate}>
      <Link to="/" className={styles["home"]} aria-label="Errata, home">
        <Logo />
      </Link>
      <div className={styles["switcher"]} onClick={(event) => event.stopPropagation()}>
        <ProjectSwitcher projects={projects} current={project} />
      </div>
      <nav aria-label="Main" className={styles["nav"]}>
        {project !== undefined && (
          <>
            <Link to="/projects/$projectId/issues" params={{ projectId: project.id }} className={styles["link"]} activeOptions={{ includeSearch: false }}>
              <Entry icon="issues">Issues</Entry>
              {project.unresolved_count > 0 && (
                <span className={styles["count"]} title={`${project.unresolved_count} unresolved`}>
                  {formatCompact(project.unresolved_count, readerLocale)}
                </span>
              )}
            </Link>
            <Link to="/projects/$projectId/usage" params={{ projectId: project.id }} className={styles["link"]} activeOptions={{ includeSearch: false }}>
              <Entry icon="usage">Usage</Entry>
            </Link>
            <Link to="/projects/$projectId/first-steps" params={{ projectId: project.id }} className={styles["link"]}>
              <Entry icon="rocket">First steps</Entry>
            </Link>
            <h2 className={styles["heading"]}>Settings</h2>
            <Link to="/projects/$projectId/settings/keys" params={{ projectId: project.id }} className={styles["link"]}>
              <Entry icon="key">DSN keys</Entry>
            </Link>
          </>
        )}
        {project === undefined && <h2 className={styles["heading"]}>Settings</h2>}
        {can("api_key:read") && (
          <Link to="/organization/api-keys" className={styles["link"]}>
            <Entry icon="lock">API keys</Entry>
          </Link>
        )}
        {can("audit:read") && (
          <Link to="/organization/audit" className={styles["link"]} activeOptions={{ includeSearch: false }}>
            <Entry icon="shield">Audit</Entry>
          </Link>
        )}
      </nav>
      <p className={styles["organization"]} title={organization.slug}>
        {organization.name}
      </p>
    </aside>
  );
}

function Entry({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <>
      <Icon name={icon} />
      <span className={styles["label"]}>{children}</span>
    </>
  );
}
