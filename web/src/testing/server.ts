import { ws } from "msw";
import { setupServer } from "msw/node";
import { handlers } from "./handlers";

export const liveFeed = ws.link("ws://localhost:3000/api/v1/live");

export const server = setupServer(...handlers, liveFeed.addEventListener("connection", () => undefined));

export const sendLiveHint = (issueId: string, isNew: boolean): void =>
  liveFeed.broadcast(JSON.stringify({ kind: "issue.changed", project_id: "482913", issue_id: issueId, is_new: isNew }));
