import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { StrictMode } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { readAccount } from "@/api/account";
import { fakeServer } from "@/testing/fake-server";
import { HandoverPage } from "./handover-page";

afterEach(() => {
  vi.unstubAllGlobals();
});

const entered = { access: "a", refresh: "r", user: { id: 7, email: "dora@example.com", name: "Dora", role: "teacher" } };

function show(reply: [number, unknown]) {
  const calls = fakeServer({ "POST /api/auth/handover": reply });
  render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter initialEntries={["/handover#c0de.5e55"]}>
          <Routes>
            <Route path="/handover" element={<HandoverPage />} />
            <Route path="/sessions/:id" element={<p>the session</p>} />
          </Routes>
        </MemoryRouter>
      </QueryClientProvider>
    </StrictMode>,
  );
  return calls;
}

test("whoever comes from the staff side is let into the session, with one call", async () => {
  const calls = show([200, entered]);
  await screen.findByText("the session");
  expect(readAccount()).toEqual(entered);
  expect(calls.map((call) => call.body)).toEqual([{ code: "c0de" }]);
});

test("a link that was used is told, and nobody is signed in", async () => {
  show([401, { detail: "This link has been used or is too old." }]);
  expect((await screen.findByRole("alert")).textContent).toContain("has been used");
  expect(readAccount()).toBeNull();
});
