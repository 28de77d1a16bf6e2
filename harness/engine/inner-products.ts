import type { Embeddings } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";

const BLOCK = 8;

/**
 * Inner products of a query with every row, exact: products and sums in double, summed by ascending dimension, so a score
 * depends on its row and the query alone, and equals that of the plain loop to the last bit. Rows of unit norm give
 * cosines in [-1, 1] up to rounding.
 *
 * Reads all `count * dim` values once: about 0.65 ms a million on an AMD EPYC core (bench/flat.mjs).
 * Rows are taken eight at a time only because the sums of eight rows do not wait for each other.
 *
 * @param query `rows.dim` values
 * @param out `rows.count` scores, by row; all are overwritten
 * @throws {HarnessError} `DIMENSION_MISMATCH`
 * Source: exact search; reference for faiss IndexFlatIP, which sums in float32.
 */
export function innerProducts(rows: Embeddings, query: Float32Array, out: Float64Array): void {
  const { count, dim, rows: values } = rows;
  if (query.length !== dim || out.length !== count || values.length !== count * dim) {
    const found = `${values.length} values, a query of ${query.length} and room for ${out.length} scores`;
    throw new HarnessError("DIMENSION_MISMATCH", `expected ${count} rows of ${dim} values, got ${found}.`);
  }
  const widened = Float64Array.from(query); // once, not once a row
  const blocked = count - (count % BLOCK);
  for (let row = 0; row < blocked; row += BLOCK) eightRows(values, widened, row, out);
  for (let row = blocked; row < count; row++) out[row] = oneRow(values, widened, row);
}

function oneRow(values: Float32Array, query: Float64Array, row: number): number {
  const start = row * query.length;
  let sum = 0;
  for (let d = 0; d < query.length; d++) sum += (values[start + d] ?? 0) * (query[d] ?? 0);
  return sum;
}

/** Written out, because V8 keeps eight local sums in registers but not an array of eight. */
function eightRows(values: Float32Array, query: Float64Array, row: number, out: Float64Array): void {
  const dim = query.length;
  const r0 = row * dim;
  const [r1, r2, r3, r4] = [r0 + dim, r0 + 2 * dim, r0 + 3 * dim, r0 + 4 * dim];
  const [r5, r6, r7] = [r0 + 5 * dim, r0 + 6 * dim, r0 + 7 * dim];
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let d = 0; d < dim; d++) {
    const value = query[d] ?? 0;
    s0 += (values[r0 + d] ?? 0) * value;
    s1 += (values[r1 + d] ?? 0) * value;
    s2 += (values[r2 + d] ?? 0) * value;
    s3 += (values[r3 + d] ?? 0) * value;
    s4 += (values[r4 + d] ?? 0) * value;
    s5 += (values[r5 + d] ?? 0) * value;
    s6 += (values[r6 + d] ?? 0) * value;
    s7 += (values[r7 + d] ?? 0) * value;
  }
  out.set([s0, s1, s2, s3, s4, s5, s6, s7], row);
}
