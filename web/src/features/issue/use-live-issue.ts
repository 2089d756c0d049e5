import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { openLiveFeed } from "../../api/live-feed";
import { issueKey } from "../../api/query-keys";
import { useSession } from "../../session/session-context";

/** Keeps status and counts of the issue on the screen as they are; the event that is being read stays. */
export function useLiveIssue(projectId: string, issueId: string): void {
  const { organizationId } = useSession();
  const queryClient = useQueryClient();

  // Follows the server's live feed.
  useEffect(
    () =>
      openLiveFeed(projectId, (hint) => {
        if (hint.issue_id === issueId) void queryClient.invalidateQueries({ queryKey: issueKey(organizationId, issueId), exact: true });
      }),
    [projectId, issueId, organizationId, queryClient],
  );
}
