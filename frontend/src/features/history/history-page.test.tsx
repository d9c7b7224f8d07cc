import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionRow } from "@/api/answers";
import { takeTicket } from "@/api/engine-tickets";
import { fakeServer } from "@/testing/fake-server";
import { HistoryPage } from "./history-page";

const row = (id: string, change: Partial<SessionRow> = {}): SessionRow => ({
  session_id: id,
  tutor_id: 1,
  tutor_name: "Ada",
  student_id: 1,
  status: "ended",
  title: `About ${id}`,
  created_at: "2026-01-05T09:00:00Z",
  last_activity: "2026-01-05T09:00:00Z",
  first_question: "",
  turns_count: 2,
  duration_ms: 1_000,
  ...change,
});

const page = (...results: SessionRow[]) => ({ count: results.length, next: null, previous: null, results });

type Answers = Parameters<typeof fakeServer>[0];

function show(answers: Answers) {
  const calls = fakeServer({ "GET /api/tutors": [200, [{ id: 1, name: "Ada" }]], ...answers });
  const router = createMemoryRouter(
    [
      { path: "/history", element: <HistoryPage /> },
      { path: "/sessions/:id", element: <p>the session</p> },
    ],
    { initialEntries: ["/history"] },
  );
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { calls, router };
}

async function choose(item: string, action: string) {
  await userEvent.click(within(await screen.findByTestId(`history-${item}`)).getByTestId("more"));
  await userEvent.click(await screen.findByTestId(action));
}

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("shows what a session was about, with whom, and how much was asked", async () => {
  show({ "GET /api/student/sessions": [200, page(row("light"))] });
  const item = await screen.findByTestId("history-light");
  expect(within(item).getByRole("link").textContent).toBe("About light");
  expect(item.textContent).toContain("Ada");
  expect(item.textContent).toContain("2 questions");
});

test("a session without a title is called by its first question", async () => {
  show({ "GET /api/student/sessions": [200, page(row("light", { title: "", first_question: "Why?" }))] });
  expect((await screen.findByRole("link", { name: "Why?" })).getAttribute("href")).toBe("/sessions/light");
});

test("who never talked is shown the way to a tutor", async () => {
  show({ "GET /api/student/sessions": [200, page()] });
  expect(await screen.findByRole("link", { name: "Choose a tutor" })).toBeDefined();
  expect(screen.queryByTestId("history-search")).toBeNull();
});

test("what is typed is searched on the server after a pause, and stands in the address", async () => {
  const searched: (string | null)[] = [];
  const { router } = show({
    "GET /api/student/sessions": ({ query }) => {
      searched.push(query.get("search"));
      return [200, query.get("search") === null ? page(row("light"), row("sound")) : page(row("sound"))];
    },
  });
  await userEvent.type(await screen.findByTestId("history-search"), "ears");
  await vi.waitFor(() => expect(screen.queryByTestId("history-light")).toBeNull());
  expect(searched).toEqual([null, "ears"]);
  expect(router.state.location.search).toBe("?search=ears");
  expect(screen.getByTestId<HTMLInputElement>("history-search")).toBe(document.activeElement);
  expect(screen.getByText("1 session found")).toBeDefined();
});

test("when nothing fits, all can be shown again", async () => {
  show({
    "GET /api/student/sessions": ({ query }) => [200, query.has("status") ? page() : page(row("light"))],
  });
  await userEvent.selectOptions(await screen.findByTestId("filter-status"), "active");
  await userEvent.click(await screen.findByRole("button", { name: "Show all sessions" }));
  expect(await screen.findByTestId("history-light")).toBeDefined();
  expect(screen.getByTestId<HTMLSelectElement>("filter-status").value).toBe("");
});

test("a session gets another name", async () => {
  const { calls } = show({
    "GET /api/student/sessions": [200, page(row("light"))],
    "PATCH /api/student/sessions/light": [200, row("light", { title: "Colours" })],
  });
  await choose("light", "rename");
  const field = await screen.findByTestId("rename-title");
  await userEvent.clear(field);
  await userEvent.type(field, " Colours {Enter}");
  await vi.waitFor(() => expect(screen.queryByTestId("rename-title")).toBeNull());
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ title: "Colours" });
});

test("a session is deleted only when that was said twice", async () => {
  const { calls } = show({
    "GET /api/student/sessions": [200, page(row("light"))],
    "DELETE /api/student/sessions/light/transcript": [204],
  });
  const deletions = () => calls.filter((call) => call.method === "DELETE").length;
  await choose("light", "erase");
  expect(screen.getByText(/your recordings/).textContent).toContain("About light");
  await userEvent.click(screen.getByRole("button", { name: "Cancel", hidden: true }));
  expect(deletions()).toBe(0);
  await choose("light", "erase");
  await userEvent.click(screen.getByTestId("erase-confirm"));
  await vi.waitFor(() => expect(screen.queryByTestId("erase-confirm")).toBeNull());
  expect(deletions()).toBe(1);
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Your sessions" }));
});

test("a deletion that fails says so, and the dialog stays", async () => {
  show({
    "GET /api/student/sessions": [200, page(row("light"))],
    "DELETE /api/student/sessions/light/transcript": [500],
  });
  await choose("light", "erase");
  await userEvent.click(screen.getByTestId("erase-confirm"));
  expect((await screen.findByRole("alert")).textContent).toContain("The server has a problem");
});

test("an ended session goes on where it was", async () => {
  const ticket = { engine_url: "ws://tutor/ws/ws/light", engine_token: "token" };
  show({
    "GET /api/student/sessions": [200, page(row("light"))],
    "POST /api/student/sessions/light/resume": [200, { session_id: "light", status: "active", ...ticket }],
  });
  await choose("light", "resume");
  expect(await screen.findByText("the session")).toBeDefined();
  expect(takeTicket("light")).toMatchObject(ticket);
});

test("a session is saved as a file named after it", async () => {
  vi.stubGlobal(
    "URL",
    class extends URL {
      static override createObjectURL = () => "blob:1";
      static override revokeObjectURL = () => undefined;
    },
  );
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  show({
    "GET /api/student/sessions": [200, page(row("light"))],
    "GET /api/student/sessions/light/export": ({ query }) => [query.get("format") === "md" ? 200 : 400, "# Light"],
  });
  await choose("light", "export-md");
  await vi.waitFor(() => expect(saved).toEqual(["About light.md"]));
});
