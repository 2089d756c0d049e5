export type QueryToken = { text: string; start: number; end: number };

/** Words of the query; quotes keep spaces together, also in the value of `key:"two words"`. */
export function tokenize(query: string): QueryToken[] {
  return [...query.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }));
}

const unquote = (value: string): string => value.replace(/^"|"$/g, "");
const quote = (value: string): string => (/[\s"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value);

/** The value of the first `key:value`, or null. */
export function readToken(query: string, key: string): string | null {
  const token = tokenize(query).find(({ text }) => text.startsWith(`${key}:`));
  return token === undefined ? null : unquote(token.text.slice(key.length + 1));
}

/** The query with `key:value` put first, or with every `key:` removed when the value is null. */
export function writeToken(query: string, key: string, value: string | null): string {
  const rest = tokenize(query)
    .filter(({ text }) => !text.startsWith(`${key}:`))
    .map(({ text }) => text);
  return (value === null ? rest : [`${key}:${quote(value)}`, ...rest]).join(" ");
}

export const formatToken = (key: string, value: string): string => `${key}:${quote(value)}`;
