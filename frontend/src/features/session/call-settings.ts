import { useSyncExternalStore } from "react";
import type { Mode } from "@/api/protocol";

/** What a student chose for talking, remembered in this browser. */
interface Chosen {
  /** Null: as good as the connection allows. */
  mode: Mode | null;
  /** The id of a device; null: the system's own choice. */
  microphone: string | null;
}

export interface CallSettings extends Chosen {
  /** What replies come with: as chosen, else what the connection is good for. */
  mode: Mode;
  /** The picture was left away because the connection is slow. */
  slow: boolean;
}

const KEY = "tutor.call";
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

function read(): Chosen {
  try {
    const { mode, microphone } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Chosen>;
    return {
      mode: MODES.includes(mode) ? (mode ?? null) : null,
      microphone: typeof microphone === "string" ? microphone : null,
    };
  } catch {
    return { mode: null, microphone: null }; // not written by this page
  }
}

/** One for the page. */
export class CallSettingsStore {
  private chosen = read();
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

  readonly snapshot = (): CallSettings => this.shown;

  choose(change: Partial<Chosen>): void {
    this.chosen = { ...this.chosen, ...change };
    if (change.mode !== undefined) this.slow = false;
    localStorage.setItem(KEY, JSON.stringify(this.chosen));
    this.tell();
  }

  /** The picture comes too slowly: voice alone from now on, unless the student has chosen. */
  slowDown(): void {
    if (this.chosen.mode !== null || this.slow) return;
    this.slow = true;
    this.tell();
  }

  private make(): CallSettings {
    const { mode } = this.chosen;
    const slow = mode === null && this.slow;
    return { ...this.chosen, slow, mode: mode ?? (slow ? "voice" : "video") };
  }

  private tell(): void {
    this.shown = this.make();
    for (const listener of this.listeners) listener();
  }
}

export const callSettings = new CallSettingsStore();

export function useCallSettings(): CallSettings {
  return useSyncExternalStore(callSettings.subscribe, callSettings.snapshot);
}
