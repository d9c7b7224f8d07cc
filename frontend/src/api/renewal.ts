import { readAccount, storeAccount } from "./account";
import type { components } from "./schema";

type Renewed = Pick<components["schemas"]["Refresh"], "access" | "refresh">;

// A refresh token works once. Tabs must take turns, or the second one would be signed out.
async function oneAtATime(work: () => Promise<boolean>): Promise<boolean> {
  return "locks" in navigator ? navigator.locks.request("tutor.renewal", work) : work();
}

async function renewNow(stale: string): Promise<boolean> {
  const account = readAccount();
  if (account === null) return false;
  if (account.access !== stale) return true; // somebody else renewed meanwhile
  const response = await fetch("/api/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh: account.refresh }),
  });
  if (response.ok) {
    storeAccount({ ...account, ...((await response.json()) as Renewed) });
    return true;
  }
  if (response.status >= 500 || response.status === 429) return false; // still signed in, only not now
  storeAccount(null);
  return false;
}

let running: Promise<boolean> | null = null;

/** Get a new access token in place of a stale one. False: there is none to be had. */
export function renew(stale: string): Promise<boolean> {
  running ??= oneAtATime(() => renewNow(stale)).finally(() => {
    running = null;
  });
  return running;
}
