import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { readAccount, storeAccount } from "@/api/account";
import { PasswordPage } from "@/features/auth/password-page";
import { fakeServer } from "@/testing/fake-server";
import { SignedIn } from "./signed-in";

afterEach(() => {
  vi.unstubAllGlobals();
  storeAccount(null);
});

const mei = { id: 3, email: "mei@school.example", name: "Mei", role: "student" } as const;

function show(reply: [number, unknown]) {
  storeAccount({ access: "a", refresh: "r", user: { ...mei, has_first_password: true } });
  const calls = fakeServer({ "POST /api/auth/password": reply });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter initialEntries={["/tutors"]}>
        <Routes>
          <Route path="/password" element={<PasswordPage />} />
          <Route path="/" element={<p>the tutors</p>} />
          <Route element={<SignedIn />}>
            <Route path="/tutors" element={<p>the tutors</p>} />
          </Route>
        </Routes>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return calls;
}

async function choose() {
  await userEvent.type(screen.getByLabelText("Password you were given"), "bako-timu");
  await userEvent.type(screen.getByLabelText("New password"), "by the window");
  await userEvent.click(screen.getByRole("button", { name: "Use this password" }));
}

test("who was handed a password out is asked for another one before anything else", async () => {
  const calls = show([200, { access: "b", refresh: "s", user: mei }]);
  expect(screen.queryByText("the tutors")).toBeNull();
  await choose();
  await screen.findByText("the tutors");
  expect(calls.map((call) => call.body)).toEqual([{ current: "bako-timu", password: "by the window" }]);
  expect(readAccount()).toEqual({ access: "b", refresh: "s", user: mei });
});

test("what is wrong is told beside its field", async () => {
  show([400, { current: ["The password is wrong."] }]);
  await choose();
  await screen.findByText("The password is wrong.");
  expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe("by the window");
});
