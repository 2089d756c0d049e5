import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { openLiveFeed } from "../../api/live-feed";
import { issueListsKey, projectsKey } from "../../api/query-keys";
import { useSession } from "../../session/session-context";
import { Icon } from "../../ui/icon";
import styles from "./first-event-watch.module.css";

type Props = { projectId: string };

/** "Waiting for the first event …" until the live feed says that it came. */
export function FirstEventWatch({ projectId }: Props) {
  const { organizationId } = useSession();
  const queryClient = useQueryClient();
  const [issueId, setIssueId] = useState<string | null>(null);

  // Follows the server's live feed.
  useEffect(
    () =>
      openLiveFeed(projectId, (hint) => {
        setIssueId(hint.issue_id);
        void queryClient.invalidateQueries({ queryKey: projectsKey(organizationId) });
        void queryClient.invalidateQueries({ queryKey: issueListsKey(organizationId, projectId) });
      }),
    [projectId, organizationId, queryClient],
  );

  return (
    <div role="status" className={styles["watch"]} data-arrived={issueId !== null}>
      {issueId === null ? (
        <>
          <span className={styles["pulse"]} aria-hidden="true" />
          <span>Waiting for the first event …</span>
        </>
      ) : (
        <>
          <Icon name="check" />
          <span>Your first event has arrived.</span>
          <Link to="/projects/$projectId/issues/$issueId" params={{ projectId, issueId }} className={styles["link"]}>
            See it
          </Link>
        </>
      )}
    </div>
  );
}
