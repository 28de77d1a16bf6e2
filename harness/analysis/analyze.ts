/** Terms of a text in their order. Stand-in: lower-cased words; the Lucene English analysis takes its place. */
export function analyze(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
