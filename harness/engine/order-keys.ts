/** Entries to be ordered: score descending, then rank ascending; `slots` says which entry each one is. Parallel arrays. */
export type Keys = { readonly scores: Float64Array; readonly ranks: Int32Array; readonly slots: Int32Array };

/** Below this many keys a plain insertion is quicker than another cut. */
const FEW = 12;

/** Moves the `count` best of the first `size` keys to the front, the last of them to their end, the others in no order (quickselect). */
export function selectBest(keys: Keys, size: number, count: number): void {
  let low = 0;
  let high = size - 1;
  while (low < high) {
    const { left, right } = partition(keys, low, high);
    if (count - 1 <= right) high = right;
    else if (count - 1 >= left) low = left;
    else return;
  }
}

/** Sorts keys `low` to `high`, both included, best first (quicksort). */
export function sortKeys(keys: Keys, low: number, high: number): void {
  let from = low;
  while (high - from >= FEW) {
    const { left, right } = partition(keys, from, high);
    sortKeys(keys, from, right);
    from = left;
  }
  insertionSort(keys, from, high);
}

/** After it, keys up to `right` come before or with the pivot and keys from `left` on with it or after it. */
function partition({ scores, ranks, slots }: Keys, low: number, high: number) {
  const middle = (low + high) >>> 1;
  const score = scores[middle] ?? 0;
  const rank = ranks[middle] ?? 0;
  let left = low;
  let right = high;
  while (left <= right) {
    while (isBefore(scores[left] ?? 0, ranks[left] ?? 0, score, rank)) left++;
    while (isBefore(score, rank, scores[right] ?? 0, ranks[right] ?? 0)) right--;
    if (left > right) break;
    swap(scores, left, right);
    swap(ranks, left, right);
    swap(slots, left, right);
    left++;
    right--;
  }
  return { left, right };
}

function insertionSort({ scores, ranks, slots }: Keys, low: number, high: number): void {
  for (let next = low + 1; next <= high; next++) {
    const score = scores[next] ?? 0;
    const rank = ranks[next] ?? 0;
    const slot = slots[next] ?? 0;
    let at = next;
    for (; at > low && isBefore(score, rank, scores[at - 1] ?? 0, ranks[at - 1] ?? 0); at--) {
      scores[at] = scores[at - 1] ?? 0;
      ranks[at] = ranks[at - 1] ?? 0;
      slots[at] = slots[at - 1] ?? 0;
    }
    scores[at] = score;
    ranks[at] = rank;
    slots[at] = slot;
  }
}

/** The one order of the engines. Four numbers side by side, because this runs hundreds of millions of times. */
export function isBefore(scoreA: number, rankA: number, scoreB: number, rankB: number): boolean {
  return scoreA > scoreB || (scoreA === scoreB && rankA < rankB);
}

function swap(values: Float64Array | Int32Array, a: number, b: number): void {
  const held = values[a] ?? 0;
  values[a] = values[b] ?? 0;
  values[b] = held;
}
