import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

// A refusal stays a refusal; only a server that is away or ill is asked again.
function worthAnotherTry(failures: number, error: Error): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < 2;
}

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: worthAnotherTry, refetchOnWindowFocus: false } },
});
