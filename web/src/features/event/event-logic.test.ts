import { expect, test } from "vitest";
import type { ExceptionValue, Frame } from "../../api/types";
import { eventDetail } from "../../testing/fixtures/event";
import { eventMarkdown } from "./event-markdown";
import { orderExceptions } from "./exception-order";
import { framesOpenAtFirst, groupFrames } from "./frame-groups";
import { splitHttpData } from "./http-breadcrumb";

const [cause, main] = eventDetail.event.exceptions;
const template = main?.frames[0];
if (cause === undefined || main === undefined || template === undefined) throw new Error("the fixture has both");

const frame = (name: string, isOwn: boolean): Frame => ({ ...template, function: name, in_app: isOwn, context_line: isOwn ? "x" : null });
const shape = (frames: Frame[], order: "newest" | "oldest") =>
  groupFrames(frames, order).map((group) => (group.kind === "own" ? group.frame.frame.function : group.frames.map((inner) => inner.frame.function)));

test("library frames are grouped between own frames, in reading order", () => {
  const frames = [frame("main", true), frame("lib1", false), frame("lib2", false), frame("crash", true), frame("lib3", false)];
  expect(shape(frames, "newest")).toEqual([["lib3"], "crash", ["lib2", "lib1"], "main"]);
  expect(shape(frames, "oldest")).toEqual(["main", ["lib1", "lib2"], "crash", ["lib3"]]);
  expect(framesOpenAtFirst(frames)).toEqual(new Set([0, 3]));
  expect(framesOpenAtFirst(frames, 1)).toEqual(new Set([3]));
});

test("without own frames everything is shown and the newest is open", () => {
  const frames = [frame("a", false), frame("b", false)];
  expect(shape(frames, "newest")).toEqual(["b", "a"]);
  expect(framesOpenAtFirst(frames)).toEqual(new Set([1]));
  expect(framesOpenAtFirst([])).toEqual(new Set());
});

const exception = (type: string, isMain: boolean, ids: Partial<NonNullable<ExceptionValue["mechanism"]>> = {}): ExceptionValue => ({
  ...main,
  type,
  is_main: isMain,
  mechanism: main.mechanism === null ? null : { ...main.mechanism, ...ids },
});
const order = (exceptions: ExceptionValue[]) => orderExceptions(exceptions).map((ordered) => `${ordered.relation} ${ordered.exception.type ?? ""}`);

test("the main exception first, then its causes from near to far", () => {
  expect(order([exception("Root", false), exception("Middle", false), exception("Top", true)])).toEqual(["main Top", "cause Middle", "cause Root"]);
  expect(order([exception("Top", true), exception("After", false)])).toEqual(["main Top", "consequence After"]);
  expect(order([exception("Only", false)])).toEqual(["main Only"]);
  expect(order([])).toEqual([]);
});

test("members of a group are called members", () => {
  const group = exception("Group", true, { exception_id: 0, is_exception_group: true });
  expect(order([exception("One", false, { exception_id: 1, parent_id: 0 }), group])).toEqual(["main Group", "member One"]);
});

test("a fence in the event's text cannot break out of Markdown's fence", () => {
  const event = { ...eventDetail.event, title: "```\n# not a heading" };
  expect(eventMarkdown(event, "SHOP-1")).toContain("````\n```\n# not a heading\n````");
});

test("HTTP breadcrumbs become one line", () => {
  expect(splitHttpData({ method: "GET", url: "/x", status_code: 500, took: 3 })).toEqual({ summary: "GET /x 500", rest: { took: 3 } });
  expect(splitHttpData({ url: 7 })).toEqual({ summary: null, rest: { url: 7 } });
});
