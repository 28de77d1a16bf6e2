/**
 * Ranked candidates of many lists. List `l` (query by query, in each one for every pair of weights) is entries `starts[l]` up
 * to, not including, `starts[l + 1]`, best first.
 */
export type RankedLists = {
  readonly starts: Int32Array;
  /** Fused scores. */
  readonly scores: Float64Array;
  /** What they are made of: `WORDS` values an entry. */
  readonly entries: Int32Array;
};

/** An entry's values: row, row of the best scenario, own score and folded score, both as the bits of a float32. */
export const ROW = 0;
export const SCENARIO_ROW = 1;
export const OWN = 2;
export const FOLDED = 3;
export const WORDS = 4;

/** Where runs of these lengths begin when they follow each other, and where the last one ends. */
export function startsOf(lengths: Int32Array): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) starts[index + 1] = (starts[index] ?? 0) + length;
  return starts;
}
