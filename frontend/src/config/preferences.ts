import { useSyncExternalStore } from "react";

/** How somebody likes the app on this device. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  captions: boolean;
}

const KEY = "tutor.preferences";
const DEFAULTS: Preferences = { theme: "system", captions: true };

const listeners = new Set<() => void>();
let raw: string | null = null;
let current = DEFAULTS;

function parse(stored: string): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(stored) as Partial<Preferences>) };
  } catch {
    return DEFAULTS; // written by something else
  }
}

export function readPreferences(): Preferences {
  const stored = localStorage.getItem(KEY);
  if (stored !== raw) {
    raw = stored;
    current = stored === null ? DEFAULTS : parse(stored);
  }
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...readPreferences(), ...change }));
  for (const listener of listeners) listener();
}

/** Also told when another tab changes them. */
export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribePreferences, readPreferences);
}
