import { expect, test } from "vitest";
import { apiError } from "./errors";

test("a detail is the message", () => {
  expect(apiError(404, { detail: "There is no such tutor." })).toMatchObject({
    message: "There is no such tutor.",
    fields: {},
  });
});

test("errors of fields stand at their fields", () => {
  const error = apiError(400, { email: ["Enter a valid email address."], password: ["Too short.", "Too common."] });
  expect(error.fields).toEqual({ email: "Enter a valid email address.", password: "Too short." });
  expect(error.message).toBe("Enter a valid email address.");
});

test("errors of the whole form are the message", () => {
  expect(apiError(400, { non_field_errors: ["No."] })).toMatchObject({ message: "No.", fields: {} });
});

test("the server's code is kept beside its words", () => {
  expect(apiError(503, { detail: "Busy.", code: "overloaded" })).toMatchObject({ code: "overloaded", message: "Busy." });
  expect(apiError(400, { detail: "No." }).code).toBeNull();
});

test("an answer that is not ours still has a code", () => {
  expect(apiError(502, "<html>bad gateway</html>").code).toBe("server");
  expect(apiError(429, undefined).code).toBe("too_many_requests");
});
