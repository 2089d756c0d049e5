import { useCallback, useEffect, useState } from "react";
import { openLiveFeed } from "../../api/live-feed";

export type LiveChanges = { added: number; changed: number };

const nothing: ReadonlyMap<string, boolean> = new Map();

/** Counts what has happened since the list was loaded; `forget` starts again. */
export function useLiveIssues(projectId: string): { changes: LiveChanges; forget: () => void } {
  const [seen, setSeen] = useState(nothing);
  const forget = useCallback(() => setSeen(nothing), []);

  // Follows the server's live feed.
  useEffect(
    () =>
      openLiveFeed(projectId, (hint) => {
        setSeen((before) => new Map(before).set(hint.issue_id, hint.is_new || before.get(hint.issue_id) === true));
      }),
    [projectId],
  );

  const added = [...seen.values()].filter(Boolean).length;
  return { changes: { added, changed: seen.size - added }, forget };
}
