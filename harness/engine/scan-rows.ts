import { floorBelow } from "./score-scan.ts";
import type { ScoredBlock } from "./search-pass.ts";

export type RowScan = {
  /** By query of the pass; they may rise while rows are scanned. */
  readonly floors: Float64Array;
  /** Told of every score that reaches its query's floor or is no number. @param view its row in the block's scores */
  readonly visit: (block: ScoredBlock, view: number, column: number) => void;
};

/** Sets what the rows of a block are compared with. Columns without a query are below it, whatever they hold. */
export function setFloors({ scan, firstQuery, queries }: ScoredBlock, floors: Float64Array): void {
  scan.floors.fill(Infinity, queries);
  for (let column = 0; column < queries; column++) {
    scan.floors[column] = floorBelow(floors[firstQuery + column] ?? 0);
  }
}

/** Visits the scores of some rows that reach the floors; `setFloors` was called for the block before. */
export function scanRows(block: ScoredBlock, rows: { first: number; count: number }, { floors, visit }: RowScan): void {
  const { scan, scores, width, firstQuery } = block;
  const groups = scan.find(rows.first, rows.count);
  for (let group = 0; group < groups; group++) {
    const start = scan.starts[group] ?? 0;
    const view = Math.floor(start / width);
    for (let left = scan.bits[group] ?? 0; left !== 0; left &= left - 1) {
      const at = start + 31 - Math.clz32(left & -left);
      const column = at - view * width;
      // floors may have risen; what is no number is below nothing, and is refused by whoever looks at it
      const isBelow = (scores[at] ?? 0) < (floors[firstQuery + column] ?? 0);
      if (!isBelow) visit(block, view, column);
    }
  }
}
