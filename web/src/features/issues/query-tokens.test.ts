import { expect, test } from "vitest";
import { suggest } from "./completions";
import { readToken, tokenize, writeToken } from "./query-tokens";

test.each([
  ["", []],
  ["is:unresolved  timeout", ["is:unresolved", "timeout"]],
  ['tenant:"initech & sons" "two words"', ['tenant:"initech & sons"', '"two words"']],
  ['open "quote left', ["open", '"quote left']],
])("words of %j", (query, words) => {
  expect(tokenize(query).map(({ text }) => text)).toEqual(words);
});

test("tokens are read and written without touching the rest", () => {
  expect(readToken('environment:"two words" x', "environment")).toBe("two words");
  expect(readToken("x", "is")).toBeNull();
  expect(writeToken("is:unresolved boom", "is", "resolved")).toBe("is:resolved boom");
  expect(writeToken("is:unresolved boom", "is", null)).toBe("boom");
  expect(writeToken("boom", "tenant", 'a "b" c')).toBe('tenant:"a b c" boom');
});

const facets = { levels: ["error" as const], environments: ["production"], releases: [], tags: [{ key: "tenant", values: ["initech & sons"] }] };
const inserts = (query: string) => suggest(query, query.length, facets).items.map(({ insert }) => insert);

test.each([
  ["", ["is:", "level:", "environment:", "release:", "tenant:"]],
  ["te", ["tenant:"]],
  ["!te", ["!tenant:"]],
  ["x tenant:in", ['tenant:"initech & sons" ']],
  ["is:re", ["is:resolved ", "is:regressed ", "is:unresolved ", "is:ignored "]],
  ["nobody:", []],
])("after %j one may write %j", (query, expected) => {
  expect(inserts(query)).toEqual(expected);
});
