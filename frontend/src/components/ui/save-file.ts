/** Give the reader a file, as a download. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(address));
}

/** A title as a file's name on any system; `otherwise` where nothing of it is left. */
export function fileName(title: string, otherwise: string, extension: string): string {
  const kept = title
    .replace(/[\p{Cc}<>:"/\\|?*]/gu, " ")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  return `${Array.from(kept).slice(0, 80).join("") || otherwise}.${extension}`;
}
