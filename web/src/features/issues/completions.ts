import type { Facets } from "../../api/types";
import { formatToken, tokenize } from "./query-tokens";

export type Completion = { insert: string; label: string; hint: string };
export type Suggestions = { start: number; end: number; items: Completion[] };

const states = ["unresolved", "resolved", "ignored", "new", "regressed"];
const longestList = 8;

function keysOf(facets: Facets): Completion[] {
  const own: [string, string][] = [
    ["is", "status: unresolved, resolved, ignored, new, regressed"],
    ["level", "fatal, error, warning, info, debug"],
    ["environment", "where it runs"],
    ["release", "version of your software"],
  ];
  return [...own, ...facets.tags.map(({ key }): [string, string] => [key, "tag"])].map(([key, hint]) => ({ insert: `${key}:`, label: `${key}:`, hint }));
}

function valuesOf(key: string, facets: Facets): string[] {
  switch (key) {
    case "is":
      return states;
    case "level":
      return facets.levels;
    case "environment":
      return facets.environments;
    case "release":
      return facets.releases;
    default:
      return facets.tags.find((tag) => tag.key === key)?.values ?? [];
  }
}

/** What may stand at the caret: keys first, after a colon the key's values. */
export function suggest(query: string, caret: number, facets: Facets): Suggestions {
  const token = tokenize(query).find(({ start, end }) => start <= caret && caret <= end) ?? { text: "", start: caret, end: caret };
  const negation = token.text.startsWith("!") ? "!" : "";
  const typed = token.text.slice(negation.length, caret - token.start).toLowerCase();
  const colon = typed.indexOf(":");
  if (colon < 0) {
    const items = keysOf(facets).filter(({ label }) => label.toLowerCase().startsWith(typed) && label.toLowerCase() !== typed);
    return { ...token, items: items.slice(0, longestList).map((item) => ({ ...item, insert: negation + item.insert })) };
  }
  const key = typed.slice(0, colon);
  const wanted = typed.slice(colon + 1).replaceAll('"', "");
  const items = valuesOf(key, facets)
    .filter((value) => value.toLowerCase().includes(wanted) && value.toLowerCase() !== wanted)
    .sort((a, b) => Number(b.toLowerCase().startsWith(wanted)) - Number(a.toLowerCase().startsWith(wanted)))
    .map((value) => ({ insert: `${negation}${formatToken(key, value)} `, label: value, hint: key }));
  return { ...token, items: items.slice(0, longestList) };
}
