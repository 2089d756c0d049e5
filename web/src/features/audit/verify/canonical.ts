import { textOf, type Bytes } from "./bytes";

/** The canonical JSON of RFC 8785, restricted as the server restricts it: integers only. Null for what has none. */
function canonicalText(value: unknown): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value === "string") return /\p{Surrogate}/u.test(value) ? null : JSON.stringify(value); // a lone surrogate has no UTF-8
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map(canonicalText);
    return items.includes(null) ? null : `[${items.join(",")}]`;
  }
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)); // strings compare by UTF-16 units, as RFC 8785 demands
  const texts = fields.map(([key, item]) => {
    const name = canonicalText(key);
    const text = canonicalText(item);
    return name === null || text === null ? null : `${name}:${text}`;
  });
  return texts.includes(null) ? null : `{${texts.join(",")}}`;
}

/** The value of canonical bytes; null if they are not exactly the canonical form of their value. */
export function parseCanonical(bytes: Bytes): { value: unknown } | null {
  try {
    const text = textOf(bytes);
    const value: unknown = JSON.parse(text);
    return canonicalText(value) === text ? { value } : null;
  } catch {
    return null;
  }
}
