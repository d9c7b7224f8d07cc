import { vi } from "vitest";

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  authorization: string | null;
}

type Answer = [status: number, body?: unknown];

/** Stands in for the server's HTTP side: answers by "METHOD /path", and remembers what it was asked. */
export function fakeServer(answers: Record<string, Answer | ((call: Call) => Answer)>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = new Request(new URL(typeof input === "string" ? input : input.url, location.origin), {
      ...(typeof input === "string" ? init : { method: input.method, headers: input.headers }),
    });
    const text = typeof input === "string" ? await request.text() : await input.text();
    const call: Call = {
      method: request.method,
      path: new URL(request.url).pathname,
      query: new URL(request.url).searchParams,
      body: text === "" ? null : JSON.parse(text),
      authorization: request.headers.get("Authorization"),
    };
    calls.push(call);
    const answer = answers[`${call.method} ${call.path}`];
    if (answer === undefined) throw new TypeError(`nobody answers ${call.method} ${call.path}`);
    const [status, body] = typeof answer === "function" ? answer(call) : answer;
    return status === 204 ? new Response(null, { status }) : Response.json(body ?? {}, { status });
  });
  return calls;
}
