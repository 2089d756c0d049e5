import { expect, test } from "vitest";
import { highlightLine } from "./code-highlight";

const kinds = (line: string) => highlightLine(line).filter(({ kind }) => kind !== "plain").map(({ kind, text }) => `${kind} ${text}`);

test.each([
  ['raise Boom("x # y")  # why', ["keyword raise", 'string "x # y"', "comment # why"]],
  ["const n = 12.5; // half", ["keyword const", "number 12.5", "comment // half"]],
  ["https://example.com", []],
  ['dsn = "https://k@h/1"', ['string "https://k@h/1"']],
  ["colour: #ff8800", []],
  ['open "string', ['string "string']],
])("%s", (line, expected) => {
  expect(kinds(line)).toEqual(expected);
});

test("no character is lost, whatever the line", () => {
  for (const line of ["", "\t", "'", "a".repeat(500), '"\\', "/* open", "x=1;y='2'//3"]) {
    expect(highlightLine(line).map(({ text }) => text).join("")).toBe(line);
  }
});
