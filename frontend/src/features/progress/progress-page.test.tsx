import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { expect, test } from "vitest";
import { fakeServer } from "@/testing/fake-server";
import { ProgressPage } from "./progress-page";

function show(answer: [number, unknown]) {
  fakeServer({ "GET /api/student/progress": answer });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <ProgressPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

test("shows each skill in words and as a bar", async () => {
  const light = { name: "Light", known: 0.66, level: "growing", answered: 2, correct: 1, changed_at: "2026-01-05T09:00:00Z" };
  show([200, [{ tutor_id: 1, tutor_name: "Ada", subject: "Science", skills: [light] }]]);
  const skill = await screen.findByTestId("skill");
  expect(skill.textContent).toContain("Getting there");
  expect(skill.textContent).toContain("1 of 2 answers right");
  expect(screen.getByRole("meter", { name: "Light" }).getAttribute("aria-valuetext")).toBe("Getting there, 66 % known");
  expect(screen.getByRole("heading", { name: "Ada · Science" })).toBeDefined();
});

test("who answered nothing yet is told what will stand here", async () => {
  show([200, []]);
  expect(await screen.findByText("There is nothing to show yet.")).toBeDefined();
});

test("a server that fails says so", async () => {
  show([500, {}]);
  expect((await screen.findByRole("alert")).textContent).toContain("Try again");
});
