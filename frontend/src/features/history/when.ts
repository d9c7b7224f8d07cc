const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago" within the last week, the date before that. */
export function when(iso: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1_000;
  if (seconds >= 7 * 86_400) return new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(Date.parse(iso));
  const [unit, length] = STEPS.find(([, length]) => seconds >= length) ?? ["minute", Infinity];
  if (length === Infinity) return "just now";
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(seconds / length), unit);
}
