import type { ScoredBlock } from "./search-pass.ts";

/** Floors are read four at a time, so there are so many more of them than queries, above all scores. */
export const SPARE_FLOORS = 3;

export type RowScan = {
  /** By query of the pass. */
  readonly floors: Float64Array;
  /** Told of every column whose score reaches its query's floor or is no number. */
  readonly visit: (block: ScoredBlock, column: number) => void;
};

/**
 * Compares one row of a block's scores with the floors of its queries. Most engines' time outside the product goes here, so
 * four comparisons share one branch, which is hardly ever taken.
 *
 * @param view the row in the block's scores
 */
export function scanRow(block: ScoredBlock, view: number, { floors, visit }: RowScan): void {
  const { scores, width, firstQuery, queries } = block;
  const base = view * width;
  for (let column = 0; column < queries; column += 4) {
    const at = base + column;
    const query = firstQuery + column;
    const allBelow =
      isBelow(scores[at], floors[query]) &&
      isBelow(scores[at + 1], floors[query + 1]) &&
      isBelow(scores[at + 2], floors[query + 2]) &&
      isBelow(scores[at + 3], floors[query + 3]);
    if (allBelow) continue;
    for (let next = column; next < Math.min(column + 4, queries); next++) {
      if (!isBelow(scores[base + next], floors[firstQuery + next])) visit(block, next);
    }
  }
}

/** What is no number is below nothing, so that it gets through and is refused by whoever looks at it. */
function isBelow(score = 0, floor = 0): boolean {
  return score < floor;
}
