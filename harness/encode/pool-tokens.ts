import type { Pooling } from "./model-presets.ts";

/** Vectors of the tokens of a batch: `rows * width * dim` values, row-major. */
export type TokenVectors = {
  readonly values: Float32Array;
  readonly width: number;
  readonly dim: number;
};

/**
 * The unit vector of one text of a batch, computed in double; all zero when the pooled vector is.
 *
 * @param row the text's, whose tokens are the first `length` of the row
 * @param out `dim` values
 */
export function poolTokens(
  { values, width, dim }: TokenVectors,
  { row, length, pooling }: { readonly row: number; readonly length: number; readonly pooling: Pooling },
  out: Float32Array,
): void {
  // the mean and the sum have the same direction
  const first = pooling === "last-token" ? length - 1 : 0;
  const end = pooling === "cls" ? 1 : length;
  const start = row * width * dim;
  const sums = new Float64Array(dim);
  // four columns at a time, as additions to one number wait for each other; what lies past the last column is not kept
  for (let d = 0; d < dim; d += 4) {
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let at = start + first * dim + d; at < start + end * dim; at += dim) {
      a += values[at] ?? 0;
      b += values[at + 1] ?? 0;
      c += values[at + 2] ?? 0;
      e += values[at + 3] ?? 0;
    }
    sums[d] = a;
    sums[d + 1] = b;
    sums[d + 2] = c;
    sums[d + 3] = e;
  }
  let squares = 0;
  for (let d = 0; d < dim; d++) squares += (sums[d] ?? 0) ** 2;
  const norm = Math.sqrt(squares);
  for (let d = 0; d < dim; d++) out[d] = norm === 0 ? 0 : (sums[d] ?? 0) / norm;
}
