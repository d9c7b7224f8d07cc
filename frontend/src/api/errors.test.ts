import { expect, test } from "vitest";
import { apiError } from "./errors";

test("a detail is the message", () => {
  expect(apiError(404, { detail: "There is no such tutor." }, null)).toMatchObject({
    code: null,
    message: "There is no such tutor.",
    fields: {},
  });
});

test("errors of fields stand at their fields, with their codes", () => {
  const body = { email: ["Enter a valid email address."], password: ["Too short.", "Too common."] };
  const error = apiError(400, body, "email=invalid password=password_too_short");
  expect(error.fields).toEqual({
    email: { code: "invalid", message: "Enter a valid email address." },
    password: { code: "password_too_short", message: "Too short." },
  });
  expect(error).toMatchObject({ code: "invalid", message: "Enter a valid email address." });
});

test("errors of the whole form are the message", () => {
  expect(apiError(400, { non_field_errors: ["No."] }, null)).toMatchObject({ message: "No.", fields: {} });
});

test("the server's code is kept beside its words", () => {
  const error = apiError(401, { detail: "Wrong." }, "wrong_credentials");
  expect(error).toMatchObject({ code: "wrong_credentials", message: "Wrong." });
});

test("an answer that is not ours still has a code", () => {
  expect(apiError(502, "<html>bad gateway</html>", null).code).toBe("server");
  expect(apiError(429, undefined, null).code).toBe("too_many_requests");
});
