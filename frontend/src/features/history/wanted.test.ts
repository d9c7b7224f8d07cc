import { expect, test } from "vitest";
import { ALL, isAll, readWanted, writeWanted } from "./wanted";

test.each([ALL, { search: "why blue", tutor: 3, status: "ended" as const }, { ...ALL, search: "为什么 & co" }])(
  "what is looked for survives in the address: %o",
  (wanted) => {
    expect(readWanted(new URLSearchParams(writeWanted(wanted).toString()))).toEqual(wanted);
  },
);

test("an address that was tampered with looks for all", () => {
  expect(isAll(readWanted(new URLSearchParams("tutor=-1&status=gone")))).toBe(true);
  expect(isAll(readWanted(new URLSearchParams("tutor=1e99")))).toBe(true);
});
