import { expect, test } from "vitest";
import { formatCompact, formatNumber, formatShare, plural } from "./numbers";
import { formatAbsolute, formatAge, formatClock, formatRelative } from "./times";

const now = new Date("2026-11-22T12:00:00Z");
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test.each([
  [-30, "just now", "now"],
  [3, "just now", "now"],
  [59, "59 sec. ago", "now"],
  [60, "1 min. ago", "1m"],
  [3_599, "59 min. ago", "59m"],
  [3_600, "1 hr. ago", "1h"],
  [86_400 * 3, "3 days ago", "3d"],
  [86_400 * 64, "2 mo. ago", "64d"],
  [86_400 * 800, "2 yr. ago", "2y"],
])("%d seconds ago", (seconds, relative, age) => {
  expect(formatRelative(before(seconds), now, "en-US")).toBe(relative);
  expect(formatAge(before(seconds), now)).toBe(age);
});

test("absolute times name their zone", () => {
  expect(formatAbsolute(now, "Europe/Berlin", "en-GB")).toMatch(/22 Nov 2026.*13:00:00 CET/);
  expect(formatClock(now, "UTC", "en-GB")).toBe("12:00:00.000");
});

test("numbers", () => {
  expect(formatNumber(18_204, "en-US")).toBe("18,204");
  expect(formatCompact(4_812, "en-US")).toBe("4.8K");
  expect(formatCompact(95_112, "en-US")).toBe("95K");
  expect(formatShare(8, 37_275, "en-US")).toBe("<1%");
  expect(formatShare(0, 0, "en-US")).toBe("0%");
  expect(plural(1, "issue")).toBe("issue");
  expect(plural(0, "issue")).toBe("issues");
});
