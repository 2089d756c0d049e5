import type { AuditFilter } from "../../api/audit-records-query";

const periods = ["24h", "7d", "30d"] as const;
export type AuditPeriod = (typeof periods)[number];

/** What the URL of the audit log holds; a period, or days from and to (both included, in the reader's zone). */
export type AuditSearch = {
  action?: string | undefined;
  actor?: string | undefined;
  target_kind?: string | undefined;
  target_id?: string | undefined;
  period?: AuditPeriod | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const hourMs = 3_600_000;
const hoursOf: Record<AuditPeriod, number> = { "24h": 24, "7d": 168, "30d": 720 };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const readText = (value: unknown, pattern: RegExp): string | undefined => (typeof value === "string" && pattern.test(value) ? value : undefined);

export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  return {
    action: readText(raw["action"], /^[a-z_]+\.[a-z_]+$/),
    actor: readText(raw["actor"], uuid),
    target_kind: readText(raw["target_kind"], /^[a-z_]{1,200}$/),
    target_id: readText(raw["target_id"], /^[^\p{Cc}]{1,200}$/u),
    period: periods.find((known) => known === raw["period"]),
    from: readText(raw["from"], /^\d{4}-\d{2}-\d{2}$/),
    to: readText(raw["to"], /^\d{4}-\d{2}-\d{2}$/),
  };
}

/** Midnight of a day in the reader's zone, or of the day after; undefined for a day that no calendar has. */
function midnight(day: string, daysLater: number): string | undefined {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const moment = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

/** What the server is asked for at this moment. */
export function filterOf({ period, from, to, action, actor, target_kind, target_id }: AuditSearch, now: Date): AuditFilter {
  const since = period !== undefined ? new Date(now.getTime() - hoursOf[period] * hourMs).toISOString() : from === undefined ? undefined : midnight(from, 0);
  const until = period !== undefined || to === undefined ? undefined : midnight(to, 1);
  return {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actor }),
    ...(target_kind === undefined ? {} : { target_kind }),
    ...(target_id === undefined ? {} : { target_id }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

export const isFiltered = (search: AuditSearch): boolean => Object.values(search).some((value) => value !== undefined);
