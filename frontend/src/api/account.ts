import { useSyncExternalStore } from "react";
import type { User } from "./answers";

/** Who is signed in, with the tokens of the HTTP interface. Shared by all tabs of the browser. */
export interface Account {
  access: string;
  refresh: string;
  user: User;
}

const KEY = "tutor.account";
const listeners = new Set<() => void>();
let raw: string | null = null;
let current: Account | null = null;

function parse(stored: string): Account | null {
  try {
    return JSON.parse(stored) as Account;
  } catch {
    return null; // written by something else: sign in again
  }
}

/** The stored account as it is now, which another tab may have changed. */
export function readAccount(): Account | null {
  const stored = localStorage.getItem(KEY);
  if (stored !== raw) {
    raw = stored;
    current = stored === null ? null : parse(stored);
  }
  return current;
}

export function storeAccount(account: Account | null): void {
  if (account === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(account));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function useAccount(): Account | null {
  return useSyncExternalStore(subscribe, readAccount);
}
