import { expect, test } from "vitest";
import { plainText } from "./plain-text";

test("is the words without their marks", () => {
  expect(plainText("## Light\n\nIt is **blue** &amp; [fast](https://example.org) [1].\n\n- one\n- `two`\n\n```js\nx\n```")).toBe(
    "Light\nIt is blue & fast.\none\ntwo",
  );
});

test("keeps formulas and the cells of tables", () => {
  expect(plainText("So $x^2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |")).toBe("So x^2.\na, b\n1, 2");
});
