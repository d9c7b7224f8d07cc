import { expect, test } from "vitest";
import { i18n } from "@/i18n/i18n";
import schema from "./openapi.json";

test("every code of the server has words in the languages of the page", () => {
  const codes = schema.components.schemas.ErrorMessage.properties.code.enum;
  expect(codes.filter((code) => !i18n.exists(`common:problem.${code}`))).toEqual([]);
});
