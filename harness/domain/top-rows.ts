import { kthLargest } from "./kth-largest.ts";

/** Rows that are held for each that is wanted: few are held in vain, and the bar is seldom raised. */
const HELD_PER_WANTED = 4;

type Choice = { readonly ties: Int32Array; readonly k: number };

/**
 * The best rows of a score row, best first: score descending, then tie rank ascending. Linear in the candidates, which are
 * not sorted, and k log k.
 *
 * @param scores one per row; every candidate's score is finite
 * @param candidates rows to choose from, in any order, without duplicates
 * @param ties `tieRanks` of the rows
 * @param k at least 0; fewer rows come back when there are fewer candidates
 */
export function topRows(scores: Float64Array, candidates: Int32Array, ties: Int32Array, k: number): Int32Array {
  if (k < 1) return new Int32Array();
  return best(scores, contenders(scores, candidates, { ties, k }), { ties, k });
}

/**
 * Candidates among which the best are: all but those that lie below a bar that k others have reached. It rises whenever
 * the rows that are held have filled their place.
 */
function contenders(scores: Float64Array, candidates: Int32Array, { ties, k }: Choice): Int32Array {
  const most = HELD_PER_WANTED * k;
  if (candidates.length <= most) return candidates;
  const held = new Int32Array(most);
  let count = 0;
  let bar = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < candidates.length; at++) {
    const row = candidates[at] ?? 0;
    if ((scores[row] ?? 0) < bar) continue;
    held[count++] = row;
    if (count < most) continue;
    bar = kthBest(scores, held, k);
    const kept = atLeast(scores, held, bar);
    // so many rows may tie at the bar that it throws none out
    const chosen = kept.length <= most / 2 ? kept : best(scores, kept, { ties, k });
    held.set(chosen);
    count = chosen.length;
  }
  return held.subarray(0, count);
}

function best(scores: Float64Array, rows: Int32Array, { ties, k }: Choice): Int32Array {
  const kept = rows.length <= k ? rows.slice() : atLeast(scores, rows, kthBest(scores, rows, k));
  kept.sort((a, b) => {
    const difference = (scores[b] ?? 0) - (scores[a] ?? 0);
    return difference !== 0 ? difference : (ties[a] ?? 0) - (ties[b] ?? 0);
  });
  return kept.length <= k ? kept : kept.subarray(0, k);
}

function kthBest(scores: Float64Array, rows: Int32Array, k: number): number {
  const values = new Float64Array(rows.length);
  for (let at = 0; at < values.length; at++) values[at] = scores[rows[at] ?? 0] ?? 0;
  return kthLargest(values, k);
}

/** Rows whose score reaches the bar. A loop: `filter` of a typed array calls back for every element. */
function atLeast(scores: Float64Array, rows: Int32Array, bar: number): Int32Array {
  const kept = new Int32Array(rows.length);
  let count = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if ((scores[row] ?? 0) >= bar) kept[count++] = row;
  }
  return kept.subarray(0, count);
}
