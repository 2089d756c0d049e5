type Data = Record<string, unknown>;

const asWord = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** "POST https://… 402 Payment Required" for the breadcrumbs of HTTP clients, and what the line does not say. */
export function splitHttpData(data: Data): { summary: string | null; rest: Data } {
  if (typeof data["url"] !== "string") return { summary: null, rest: data };
  const { method, url, status_code: status, reason, ...rest } = data;
  return { summary: [method, url, status, reason].map(asWord).filter((word) => word !== "").join(" "), rest };
}
