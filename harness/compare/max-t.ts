import { type SignStratum, signFlips } from "./sign-flip.ts";

/** A sum of differences this near to that of their sizes has no spread but rounding; its t is taken as infinite. */
const NO_SPREAD = 1e-6;
/** Squares of t that are equal on paper differ by less than this share of them. */
const ROUNDING = 1e-8;

/**
 * Step-down maxT: p values that hold the family-wise error and use how the tests depend on one another. Statistics are
 * abs(t); the rows of a stratum (retrievers on one dataset) share their signs, strata are independent.
 *
 * @param strata rows of differences, zeros included
 * @returns one p for each row, strata in order; counted as in the randomization test; never below that of a larger abs(t)
 * Source: Westfall, Young: Resampling-based multiple testing (1993), algorithm 2.8; its use for retrieval: Boytsov,
 * Belova, Westfall (CIKM 2013).
 */
export function maxT(
  strata: readonly SignStratum[],
  options: { readonly seed: number; readonly draws: number },
): readonly number[] {
  const rows = strata.flatMap((stratum) => stratum.rows);
  const squares = rows.map((row) => row.reduce((sum, value) => sum + value * value, 0));
  const toT = (sum: number, at: number) => squaredT(sum, { n: rows[at]?.length ?? 0, squares: squares[at] ?? 0 });
  const observed = rows.map((row, at) =>
    toT(
      row.reduce((sum, value) => sum + value, 0),
      at,
    ),
  );
  const ascending = observed.map((_, at) => at).sort((x, y) => (observed[x] ?? 0) - (observed[y] ?? 0));
  const thresholds = observed.map((value) => value * (1 - ROUNDING));
  const { draws, exact, blocks } = signFlips(strata, options);
  const counts = rows.map(() => 0);
  for (const sums of blocks()) {
    for (let draw = 0; draw < (sums[0]?.length ?? 0); draw++) {
      let largest = 0;
      for (const at of ascending) {
        largest = Math.max(largest, toT(sums[at]?.[draw] ?? 0, at));
        if (largest >= (thresholds[at] ?? 0)) counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  }
  return inOrderOfT(
    counts.map((count) => (exact ? count / draws : (count + 1) / (draws + 1))),
    ascending,
  );
}

/** Flips leave the sum of squares alone, so t follows from the sum: t^2 = (n - 1) u / (1 - u) with u = sum^2 / (n squares). */
function squaredT(sum: number, { n, squares }: { readonly n: number; readonly squares: number }): number {
  if (squares === 0) return 0;
  const share = (sum * sum) / (n * squares);
  return share > 1 - NO_SPREAD ? Infinity : ((n - 1) * share) / (1 - share);
}

function inOrderOfT(p: readonly number[], ascending: readonly number[]): readonly number[] {
  const ordered = [...p];
  let bound = 0;
  for (const at of [...ascending].reverse()) {
    bound = Math.max(bound, p[at] ?? 1);
    ordered[at] = bound;
  }
  return ordered;
}
