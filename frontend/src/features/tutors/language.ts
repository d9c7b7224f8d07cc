/** "English" for "en", in the language `shown`; the code itself where the browser does not know it. */
export function languageName(code: string, shown: string): string {
  try {
    return new Intl.DisplayNames(shown, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
