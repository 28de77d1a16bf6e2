import { HarnessError } from "../errors.ts";
import { canonicalJson } from "../storage/content-hash.ts";
import type { Encoder } from "./types.ts";

/** How far from 1 the norm of a unit vector may be. */
export const NORM_TOLERANCE = 1e-3;

/**
 * Holds an encoder to its contract: `count * dim` finite values, every row of norm 1 (to within 1e-3) or all zero.
 *
 * @throws {HarnessError} `DIMENSION_MISMATCH` for a wrong length, `SCORE_INVALID` for values that are not such vectors
 */
export function checkVectors({ identity, dim }: Encoder, vectors: Float32Array, count: number): void {
  const where = `encoder ${canonicalJson(identity)}`;
  if (vectors.length !== count * dim) {
    const expected = `expected ${count} x ${dim} values for ${count} texts, got ${vectors.length}.`;
    throw new HarnessError("DIMENSION_MISMATCH", expected, { where });
  }
  for (let row = 0; row < count; row++) {
    const norm = normOf(vectors, row * dim, (row + 1) * dim);
    // a norm that is not finite fails the comparison too
    if (norm !== 0 && !(Math.abs(norm - 1) <= NORM_TOLERANCE)) {
      throw new HarnessError("SCORE_INVALID", `expected finite vectors of norm 1 or all zero, got norm ${norm}.`, {
        where,
        hint: `It is the vector of text ${row + 1} of ${count} in the batch.`,
      });
    }
  }
}

/** A plain loop: `reduce` over a view takes eight times as long. */
function normOf(values: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += (values[at] ?? 0) ** 2;
  return Math.sqrt(sum);
}
