/**
 * Norm of `values[start]` to `values[end - 1]`, summed in double in this order; undefined when a value is not finite, or
 * when its square is beyond what a double holds. A plain loop, for the reason that `checkVectors` gives.
 */
export function rowNorm(values: Float64Array, start: number, end: number): number | undefined {
  let sum = 0;
  let isZero = true;
  for (let at = start; at < end; at++) {
    const value = values[at] ?? 0;
    sum += value * value;
    if (value !== 0) isZero = false;
  }
  const norm = Math.sqrt(sum);
  return Number.isFinite(norm) && (norm === 0) === isZero ? norm : undefined;
}

/** Rows of norm 1, rounded to float32 last; rows that are all zero stay so. Every row has a norm. */
export function unitRows(values: Float64Array, dim: number): Float32Array {
  const unit = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += dim) {
    const norm = rowNorm(values, start, start + dim) || 1;
    for (let at = start; at < start + dim; at++) unit[at] = (values[at] ?? 0) / norm;
  }
  return unit;
}
