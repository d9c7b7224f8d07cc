const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** Where a link of a generated text may lead; null for anything that is not plainly the web or a letter. */
export function safeAddress(href: string): string | null {
  try {
    const url = new URL(href);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
