/**
 * The best rows of a score row, best first: score descending, then tie rank ascending.
 *
 * @param scores one per row; every candidate's score is finite
 * @param candidates rows to choose from, in any order, without duplicates
 * @param ties `tieRanks` of the rows
 * @param k at least 0; fewer rows come back when there are fewer candidates
 */
export function topRows(scores: Float64Array, candidates: Int32Array, ties: Int32Array, k: number): Int32Array {
  const kept = candidates.length <= k ? candidates : candidates.filter(atLeast(scores, kthBest(scores, candidates, k)));
  const order = Int32Array.from(kept).sort((a, b) => {
    const difference = (scores[b] ?? 0) - (scores[a] ?? 0);
    return difference !== 0 ? difference : (ties[a] ?? 0) - (ties[b] ?? 0);
  });
  return order.length <= k ? order : order.subarray(0, k);
}

function atLeast(scores: Float64Array, threshold: number): (row: number) => boolean {
  return (row) => (scores[row] ?? -Infinity) >= threshold;
}

/** Score of the k-th best candidate. A typed array sorts natively, which beats a heap at every k of use here. */
function kthBest(scores: Float64Array, candidates: Int32Array, k: number): number {
  if (k < 1) return Infinity;
  const sorted = Float64Array.from(candidates, (row) => scores[row] ?? -Infinity).sort();
  return sorted[sorted.length - k] ?? -Infinity;
}
