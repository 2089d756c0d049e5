import type { Event } from "../../api/types";
import { rawTrace } from "./raw-trace";

const fence = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}\n${text}\n${ticks}`;
};

/** The event as Markdown, for a ticket or an agent. Event text stays inside fences, so that it cannot become markup. */
export function eventMarkdown(event: Event, shortId: string): string {
  const facts = [
    ["Event", event.event_id],
    ["Time", event.occurred_at],
    ["Level", event.level],
    ["Environment", event.environment],
    ["Release", event.release],
    ["Transaction", event.transaction],
    ["SDK", event.sdk === null ? null : `${event.sdk.name ?? ""} ${event.sdk.version ?? ""}`.trim()],
  ].filter(([, value]) => value !== null && value !== "");
  const crumbs = event.breadcrumbs.slice(-20).map(({ timestamp, category, level, message }) => [timestamp ?? "", category ?? "", level ?? "", message ?? ""].join(" | "));
  const parts = [
    `# ${shortId}`,
    fence(event.title),
    facts.map(([name, value]) => `- ${name}: \`${value?.replaceAll("`", "'") ?? ""}\``).join("\n"),
    ...(event.exceptions.length > 0 ? ["## Stack trace (newest call first)", fence(rawTrace(event.exceptions))] : []),
    ...(event.message === null ? [] : ["## Message", fence(event.message.formatted)]),
    ...(event.request === null ? [] : ["## Request", fence(`${event.request.method ?? ""} ${event.request.url ?? ""}`.trim())]),
    ...(event.tags.length > 0 ? ["## Tags", fence(event.tags.map((tag) => tag.join(": ")).join("\n"))] : []),
    ...(crumbs.length > 0 ? ["## Breadcrumbs", fence(crumbs.join("\n"))] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
