const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago" within the last week, the date before that; null for just now. */
export function when(iso: string, language: string, now: number = Date.now()): string | null {
  const seconds = (now - Date.parse(iso)) / 1_000;
  if (seconds >= 7 * 86_400) return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(Date.parse(iso));
  const [unit, length] = STEPS.find(([, length]) => seconds >= length) ?? ["minute", Infinity];
  if (length === Infinity) return null;
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / length), unit);
}
