import { useSyncExternalStore } from "react";
import type { Mode } from "@/api/protocol";

/** What a student likes, remembered in this browser. */
interface Likes {
  /** Null: as good as the connection allows. */
  mode: Mode | null;
  captions: boolean;
  /** The id of a device; null: the system's own choice. */
  microphone: string | null;
}

interface Preferences extends Likes {
  /** What replies come with: as chosen, else what the connection is good for. */
  mode: Mode;
  /** The picture was left away because the connection is slow. */
  slow: boolean;
}

const KEY = "tutor.preferences";
const MODES: readonly unknown[] = ["video", "voice", "text"] satisfies Mode[];

/** Not in every browser, and not in TypeScript. */
interface Connection extends EventTarget {
  readonly effectiveType?: string;
  readonly saveData?: boolean;
}

function connection(): Connection | undefined {
  return (navigator as Navigator & { connection?: Connection }).connection;
}

function isSaving(): boolean {
  const { effectiveType = "4g", saveData = false } = connection() ?? {};
  return saveData || effectiveType !== "4g";
}

function read(): Likes {
  try {
    const { mode, captions, microphone } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Likes>;
    return {
      mode: MODES.includes(mode) ? (mode ?? null) : null,
      captions: captions !== false,
      microphone: typeof microphone === "string" ? microphone : null,
    };
  } catch {
    return { mode: null, captions: true, microphone: null }; // not written by this page
  }
}

/** One for the page. */
export class PreferenceStore {
  private likes = read();
  private slow = isSaving();
  private shown = this.make();
  private readonly listeners = new Set<() => void>();

  constructor() {
    connection()?.addEventListener("change", () => {
      if (isSaving()) this.slowDown();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Preferences => this.shown;

  choose(change: Partial<Likes>): void {
    this.likes = { ...this.likes, ...change };
    if (change.mode !== undefined) this.slow = false;
    localStorage.setItem(KEY, JSON.stringify(this.likes));
    this.tell();
  }

  /** The picture comes too slowly: voice alone from now on, unless the student has chosen. */
  slowDown(): void {
    if (this.likes.mode !== null || this.slow) return;
    this.slow = true;
    this.tell();
  }

  private make(): Preferences {
    const { mode } = this.likes;
    const slow = mode === null && this.slow;
    return { ...this.likes, slow, mode: mode ?? (slow ? "voice" : "video") };
  }

  private tell(): void {
    this.shown = this.make();
    for (const listener of this.listeners) listener();
  }
}

export const preferences = new PreferenceStore();

export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.snapshot);
}
