import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test, vi } from "vitest";
import { readAccount } from "@/api/account";
import { fakeServer } from "@/testing/fake-server";
import { LoginPage } from "./login-page";

afterEach(() => {
  vi.unstubAllGlobals();
});

const entered = { access: "a", refresh: "r", user: { id: 1, email: "sam@example.com", name: "Sam", role: "student" } };

function show(demo: boolean, login: [number, unknown] = [200, entered]) {
  const calls = fakeServer({
    "GET /api/config": [200, { demo_brain: demo, registration_open: !demo }],
    "POST /api/auth/login": login,
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <LoginPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return calls;
}

async function signIn() {
  await userEvent.type(screen.getByLabelText("Email"), "sam@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "secret123");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

test("who signs in is remembered", async () => {
  const calls = show(false);
  await signIn();
  await vi.waitFor(() => expect(readAccount()).toEqual(entered));
  expect(calls.at(-1)?.body).toEqual({ email: "sam@example.com", password: "secret123" });
});

test("a wrong password is told, and what was typed stays", async () => {
  show(false, [401, { detail: "The e-mail address or the password is wrong." }]);
  await signIn();
  expect((await screen.findByRole("alert")).textContent).toContain("is wrong");
  expect(screen.getByLabelText<HTMLInputElement>("Email").value).toBe("sam@example.com");
  expect(readAccount()).toBeNull();
});

test("the demo account is offered in a demo only", async () => {
  const calls = show(true);
  await userEvent.click(await screen.findByTestId("login-demo"));
  await vi.waitFor(() => expect(readAccount()).not.toBeNull());
  expect(calls.at(-1)?.body).toEqual({ email: "student@example.com", password: "student123" });
});

test("a real site offers no demo account, and registration where it is open", async () => {
  show(false);
  expect(await screen.findByText("Create an account")).toBeDefined();
  expect(screen.queryByTestId("login-demo")).toBeNull();
});
