const ENTITY = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/g;

/** Signs that are written as HTML's entities: "&amp;" is "&". */
export function decodeEntities(text: string): string {
  return text.replace(ENTITY, (entity) => {
    const document = new DOMParser().parseFromString(entity, "text/html");
    return document.documentElement.textContent;
  });
}
