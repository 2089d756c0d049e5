import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { openLiveFeed } from "../../api/live-feed";
import { issueKey } from "../../api/query-keys";
import { useSession } from "../../session/session-context";

export type LiveChanges = { added: number; changed: number };

type Heard = { heardAt: number; newAt: number | null };

const nothing: ReadonlyMap<string, Heard> = new Map();

/**
 * Counts the issues that changed since the list was asked for; each of them is asked for again when it is opened.
 * A new issue that is listed already is no news: the list may have been asked for by what heard of it first.
 */
export function useLiveIssues(projectId: string, listed: { askedAt: number; issueIds: readonly string[] }): LiveChanges {
  const { organizationId } = useSession();
  const queryClient = useQueryClient();
  const [heard, setHeard] = useState(nothing);

  // Follows the server's live feed.
  useEffect(
    () =>
      openLiveFeed(projectId, ({ issue_id: issueId, is_new: isNew }) => {
        const heardAt = Date.now();
        setHeard((before) => new Map(before).set(issueId, { heardAt, newAt: isNew ? heardAt : (before.get(issueId)?.newAt ?? null) }));
        void queryClient.invalidateQueries({ queryKey: issueKey(organizationId, issueId) });
      }),
    [projectId, organizationId, queryClient],
  );

  const { askedAt, issueIds } = listed;
  const unseen = [...heard].filter(([issueId, { heardAt, newAt }]) => heardAt >= askedAt && !(newAt === heardAt && issueIds.includes(issueId)));
  const added = unseen.filter(([issueId, { newAt }]) => newAt !== null && newAt >= askedAt && !issueIds.includes(issueId)).length;
  return { added, changed: unseen.length - added };
}
