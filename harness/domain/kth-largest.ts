/** Rounds after which an input that was made to be slow is sorted instead. */
const MOST_ROUNDS = 64;

/**
 * The k-th largest value, by selection: linear in the number of values, equal ones included. The values are reordered.
 *
 * @param values without NaN
 * @param k from 1 to the number of values
 * Source: Hoare, Algorithm 65: FIND, CACM 4(7), 1961, with the median of three as the pivot.
 */
export function kthLargest(values: Float64Array, k: number): number {
  const wanted = values.length - k;
  let part = { low: 0, high: values.length - 1 };
  for (let round = 0; part.low < part.high; round++) {
    if (round === MOST_ROUNDS) return values.sort()[wanted] ?? 0;
    const { left, right } = partition(values, part);
    // between the two only the pivot itself can lie
    if (wanted <= right) part = { low: part.low, high: right };
    else if (wanted >= left) part = { low: left, high: part.high };
    else break;
  }
  return values[wanted] ?? 0;
}

/** Parts the values from `low` to `high`: no value up to `right` is above the pivot, none from `left` on below it. */
function partition(values: Float64Array, { low, high }: { readonly low: number; readonly high: number }) {
  const pivot = medianOfThree(values[low] ?? 0, values[(low + high) >>> 1] ?? 0, values[high] ?? 0);
  let left = low;
  let right = high;
  while (left <= right) {
    while ((values[left] ?? 0) < pivot) left += 1;
    while ((values[right] ?? 0) > pivot) right -= 1;
    if (left > right) break;
    const value = values[left] ?? 0;
    values[left] = values[right] ?? 0;
    values[right] = value;
    left += 1;
    right -= 1;
  }
  return { left, right };
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
