/** The sentences of a text that are whole; of one that is still being written, all but the last. */
export function wholeSentences(text: string, settled: boolean): string[] {
  const parts = [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)];
  const sentences = parts.map(({ segment }) => segment.trim());
  return (settled ? sentences : sentences.slice(0, -1)).filter((sentence) => sentence !== "");
}
