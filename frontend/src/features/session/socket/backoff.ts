const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** How long to wait before the n-th new attempt (from 0), spread so that a class does not come back as one. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.7 + 0.6 * random());
}
