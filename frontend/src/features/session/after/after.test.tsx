import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, test } from "vitest";
import { fakeServer } from "@/testing/fake-server";
import { After } from "./after";

const check = (position: number) => ({
  position,
  skill: "Leaves",
  question: `Leaves take in _____ ${position}.`,
  choices: ["light", "sand", "snow", "salt"],
  answer: null,
  correct_choice: null,
  explanation: null,
});
const summary = { asked: "- What is light?", hard: "", next_steps: "Read on.", by_model: true, being_written: false };
const answered = { correct: true, correct_choice: 0, explanation: "Leaves take in light. (Plants)", known: 0.6, level: "growing" };

type Answers = Parameters<typeof fakeServer>[0];

function show(answers: Answers) {
  const calls = fakeServer({
    "GET /api/student/sessions/s/summary": [200, summary],
    "POST /api/student/sessions/s/checks": [200, { state: "ready", checks: [check(1), check(2)] }],
    ...answers,
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <After sessionId="s" />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return calls;
}

test("shows the summary in its parts, and nothing under a part that is empty", async () => {
  show({});
  expect(await screen.findByText("What is light?")).toBeDefined();
  expect(screen.getByRole("heading", { name: "What to do next" })).toBeDefined();
  expect(screen.queryByRole("heading", { name: "What was hard" })).toBeNull();
});

test("says when no language model wrote it", async () => {
  show({ "GET /api/student/sessions/s/summary": [200, { ...summary, by_model: false }] });
  expect(await screen.findByText(/without a language model/)).toBeDefined();
});

test("a question is answered with the keyboard, explained, and the next one comes", async () => {
  const calls = show({ "POST /api/student/sessions/s/checks/1/answer": [200, answered] });
  const first = await screen.findByTestId("choice-0");
  first.focus();
  await userEvent.keyboard(" ");
  await userEvent.click(screen.getByTestId("check-submit"));
  expect(await screen.findByText("That is right.")).toBeDefined();
  expect(screen.getByTestId("check-feedback").textContent).toContain("Leaves take in light. (Plants)");
  expect(calls.at(-1)?.body).toEqual({ choice: 0 });
  const next = screen.getByTestId("check-next");
  expect(document.activeElement).toBe(next);
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByTestId("check-2")).toBeDefined();
});

test("a wrong answer learns what is right", async () => {
  show({ "POST /api/student/sessions/s/checks/1/answer": [200, { ...answered, correct: false }] });
  await userEvent.click(await screen.findByTestId("choice-2"));
  await userEvent.click(screen.getByTestId("check-submit"));
  expect(await screen.findByText("Not quite. Right is: light")).toBeDefined();
});

test("questions may be skipped, and at the end stands the way to the progress", async () => {
  show({});
  await userEvent.click(await screen.findByTestId("check-skip"));
  await userEvent.click(screen.getByTestId("check-skip"));
  expect(screen.getByTestId("checks-result").textContent).toContain("You skipped the questions.");
  expect(screen.getByRole("link", { name: "See your progress" }).getAttribute("href")).toBe("/progress");
});

test("an answer that is refused says why, and one can go on", async () => {
  show({ "POST /api/student/sessions/s/checks/1/answer": [500, {}] });
  await userEvent.click(await screen.findByTestId("choice-2"));
  await userEvent.click(screen.getByTestId("check-submit"));
  expect(await screen.findByRole("alert")).toBeDefined();
  await userEvent.click(screen.getByTestId("check-skip"));
  expect(screen.queryByRole("alert")).toBeNull();
});

test.each([
  ["nothing_cited", /nothing of the school's material/],
  ["too_little", /too little of the material/],
  ["being_made", /being made/],
])("where there are no questions (%s) that is said", async (state, words) => {
  show({ "POST /api/student/sessions/s/checks": [200, { state, checks: [] }] });
  expect(await screen.findByText(words)).toBeDefined();
});
