import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeServer, type Call } from "@/testing/fake-server";
import { readAccount, storeAccount, type Account } from "./account";
import { answer, api } from "./client";

const sam: Account = {
  access: "old access",
  refresh: "old refresh",
  user: { id: 1, email: "sam@example.com", name: "Sam", role: "student" },
};

beforeEach(() => storeAccount(sam));
afterEach(() => {
  vi.unstubAllGlobals();
});

const tutorsFor = (token: string) => (call: Call) =>
  call.authorization === `Bearer ${token}` ? ([200, []] as [number, unknown]) : ([401, { detail: "expired" }] as [number, unknown]);

test("an expired token is renewed, and the call made again", async () => {
  const calls = fakeServer({
    "GET /api/tutors": tutorsFor("new access"),
    "POST /api/auth/refresh": [200, { access: "new access", refresh: "new refresh" }],
  });
  await expect(answer(api.GET("/api/tutors"))).resolves.toEqual([]);
  expect(calls.map((call) => call.path)).toEqual(["/api/tutors", "/api/auth/refresh", "/api/tutors"]);
  expect(readAccount()).toEqual({ ...sam, access: "new access", refresh: "new refresh" });
});

test("calls that fail together renew once: a refresh token works only once", async () => {
  const calls = fakeServer({
    "GET /api/tutors": tutorsFor("new access"),
    "GET /api/auth/me": tutorsFor("new access"),
    "POST /api/auth/refresh": [200, { access: "new access", refresh: "new refresh" }],
  });
  await Promise.all([answer(api.GET("/api/tutors")), answer(api.GET("/api/auth/me"))]);
  expect(calls.filter((call) => call.path === "/api/auth/refresh")).toHaveLength(1);
});

test("the tokens of another tab are taken over, not renewed again", async () => {
  const calls = fakeServer({
    "GET /api/tutors": (call) => {
      localStorage.setItem("tutor.account", JSON.stringify({ ...sam, access: "new access" }));
      return tutorsFor("new access")(call);
    },
  });
  await answer(api.GET("/api/tutors"));
  expect(calls.map((call) => call.path)).toEqual(["/api/tutors", "/api/tutors"]);
});

test("who cannot renew is signed out", async () => {
  fakeServer({ "GET /api/tutors": [401, { detail: "expired" }], "POST /api/auth/refresh": [401, { detail: "blacklisted" }] });
  await expect(answer(api.GET("/api/tutors"))).rejects.toMatchObject({ status: 401 });
  expect(readAccount()).toBeNull();
});

test("a server that is ill signs nobody out", async () => {
  fakeServer({ "GET /api/tutors": [401, { detail: "expired" }], "POST /api/auth/refresh": [503] });
  await expect(answer(api.GET("/api/tutors"))).rejects.toMatchObject({ status: 401 });
  expect(readAccount()).toEqual(sam);
});

test("the body of a call survives its repetition", async () => {
  const calls = fakeServer({
    "POST /api/student/sessions": tutorsFor("new access"),
    "POST /api/auth/refresh": [200, { access: "new access", refresh: "new refresh" }],
  });
  await answer(api.POST("/api/student/sessions", { body: { tutor_id: 7 } }));
  expect(calls.at(-1)?.body).toEqual({ tutor_id: 7 });
});

test("no answer at all has a code too", async () => {
  fakeServer({});
  await expect(answer(api.GET("/api/tutors"))).rejects.toMatchObject({
    status: 0,
    code: "offline",
  });
});
