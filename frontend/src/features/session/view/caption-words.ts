import { plainText } from "@/components/ui/markdown/plain-text";

/** Of a piece of a reply, the words without their marks: those that were said, and those that follow.
 * `said`: how many characters of the piece were said. */
export function captionWords(content: string, said: number): [said: string, following: string] {
  const whole = plainText(content);
  const before = plainText(content.slice(0, said), true);
  // Where a mark is cut in two, the place is found by its share.
  const place = whole.startsWith(before) ? before.length : Math.round((whole.length * said) / Math.max(1, content.length));
  return [whole.slice(0, place), whole.slice(place)];
}
