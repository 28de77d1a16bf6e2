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
  const sum = new Float64Array(dim);
  for (let token = first; token < end; token++) {
    const start = (row * width + token) * dim;
    for (let d = 0; d < dim; d++) sum[d] = (sum[d] ?? 0) + (values[start + d] ?? 0);
  }
  let squares = 0;
  for (let d = 0; d < dim; d++) squares += (sum[d] ?? 0) ** 2;
  const norm = Math.sqrt(squares);
  for (let d = 0; d < dim; d++) out[d] = norm === 0 ? 0 : (sum[d] ?? 0) / norm;
}
