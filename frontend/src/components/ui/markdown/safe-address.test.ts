import { expect, test } from "vitest";
import { safeAddress } from "./safe-address";

test.each(["https://example.org/a?b#c", "http://example.org/", "mailto:a@example.org"])("%s may be followed", (href) => {
  expect(safeAddress(href)).toBe(href);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "blob:https://example.org/x",
  "file:///etc/passwd",
  "//example.org/x",
  "/api/auth/logout",
  "#top",
  "",
  "streamdown:incomplete-link",
])("%j may not", (href) => {
  expect(safeAddress(href)).toBeNull();
});
