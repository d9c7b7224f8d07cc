import { readPreferences, subscribePreferences } from "@/config/preferences";

const bars = document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]');
const byDevice = [...bars].map((bar) => bar.content);

/** The theme chosen, on the page and on the browser's own bar. */
function show(): void {
  const { theme } = readPreferences();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const [light = "", dark = ""] = byDevice;
  bars.forEach((bar, place) => {
    bar.content = theme === "system" ? (byDevice[place] ?? "") : theme === "dark" ? dark : light;
  });
}

/** Follow the preference for as long as the page lives. */
export function followTheme(): void {
  show();
  subscribePreferences(show);
}
