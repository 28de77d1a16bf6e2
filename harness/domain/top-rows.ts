import { kthLargest } from "./kth-largest.ts";

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
  const kept =
    candidates.length <= k ? candidates.slice() : atLeast(scores, candidates, kthBest(scores, candidates, k));
  kept.sort((a, b) => {
    const difference = (scores[b] ?? 0) - (scores[a] ?? 0);
    return difference !== 0 ? difference : (ties[a] ?? 0) - (ties[b] ?? 0);
  });
  return kept.length <= k ? kept : kept.subarray(0, k);
}

function kthBest(scores: Float64Array, candidates: Int32Array, k: number): number {
  const values = new Float64Array(candidates.length);
  for (let at = 0; at < values.length; at++) values[at] = scores[candidates[at] ?? 0] ?? 0;
  return kthLargest(values, k);
}

/** Candidates whose score reaches the threshold. A loop: `filter` of a typed array calls back for every element. */
function atLeast(scores: Float64Array, candidates: Int32Array, threshold: number): Int32Array {
  const kept = new Int32Array(candidates.length);
  let count = 0;
  for (let at = 0; at < candidates.length; at++) {
    const row = candidates[at] ?? 0;
    if ((scores[row] ?? 0) >= threshold) kept[count++] = row;
  }
  return kept.subarray(0, count);
}
