export type LiveHint = { kind: "issue.changed"; project_id: string; issue_id: string; is_new: boolean };

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

function parseHint(raw: unknown): LiveHint | null {
  if (typeof raw !== "string") return null;
  try {
    const hint: unknown = JSON.parse(raw);
    if (typeof hint !== "object" || hint === null || !("kind" in hint) || hint.kind !== "issue.changed") return null;
    if (!("issue_id" in hint) || typeof hint.issue_id !== "string" || !("project_id" in hint)) return null;
    return { kind: "issue.changed", project_id: String(hint.project_id), issue_id: hint.issue_id, is_new: "is_new" in hint && hint.is_new === true };
  } catch {
    return null;
  }
}

/** Follows one project until the returned function is called; reconnects with growing pauses. A hint may be lost, never the data. */
export function openLiveFeed(projectId: string, onHint: (hint: LiveHint) => void): () => void {
  let socket: WebSocket | null = null;
  let timer: number | undefined;
  let retryMs = firstRetryMs;
  let isClosed = false;

  const connect = () => {
    const address = new URL("/api/v1/live", window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("project_id", projectId);
    socket = new WebSocket(address);
    socket.onopen = () => {
      retryMs = firstRetryMs;
    };
    socket.onmessage = (message) => {
      const hint = parseHint(message.data);
      if (hint !== null) onHint(hint);
    };
    socket.onclose = () => {
      if (isClosed) return;
      timer = window.setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
  };
  connect();

  return () => {
    isClosed = true;
    window.clearTimeout(timer);
    socket?.close();
  };
}
