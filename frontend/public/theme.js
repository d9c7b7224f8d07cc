// Before the first paint: a theme that was chosen here. Without a choice the device decides. src/app/theme.ts keeps it up.
try {
  const { theme } = JSON.parse(localStorage.getItem("tutor.preferences") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Written by something else, or storage is forbidden: as the device has it.
}
