import { expect, test } from "vitest";
import { when } from "./when";

const now = Date.parse("2026-03-10T12:00:00Z");

test.each([
  ["2026-03-10T11:59:40Z", null],
  ["2026-03-10T11:55:00Z", "5 minutes ago"],
  ["2026-03-10T09:00:00Z", "3 hours ago"],
  ["2026-03-09T09:00:00Z", "yesterday"],
  ["2026-01-02T09:00:00Z", "Jan 2, 2026"],
])("%s is %s", (iso, words) => {
  expect(when(iso, "en", now)).toBe(words);
});
