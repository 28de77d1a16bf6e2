import { TIE } from "./effect-size.ts";
import { normalCdf } from "./normal-distribution.ts";

export type WilcoxonResult = {
  /** The smaller of the rank sums of positive and negative differences. */
  readonly w: number;
  readonly p: number;
  /** Differences that are not zero. */
  readonly n: number;
  readonly exact: boolean;
};

/** scipy's limit; the counts of rank sums, up to 2^50, are exact in a double. */
const MOST_EXACT = 50;

/**
 * Two-sided Wilcoxon signed-rank test. Zero differences are dropped, equal ones share the mean of their ranks.
 *
 * Up to 50 non-zero differences p is exact, with or without ties: it agrees with scipy where scipy is exact (no ties and
 * zeros up to 50, and up to 13 with them). Beyond 50 it is the normal approximation with tie correction and no
 * continuity correction, as scipy's. All differences zero: p 1.
 * Source: Wilcoxon (1945); Pratt, Gibbons: Concepts of nonparametric theory (1981), 3.7.
 */
export function wilcoxonSignedRank(differences: readonly number[]): WilcoxonResult {
  const kept = differences.filter((difference) => Math.abs(difference) >= TIE);
  const { doubledRanks, tieSizes } = rankBySize(kept);
  const n = kept.length;
  const total = n * (n + 1);
  const positive = doubledRanks.reduce((sum, rank, at) => ((kept[at] ?? 0) > 0 ? sum + rank : sum), 0);
  const smaller = Math.min(positive, total - positive);
  const exact = n <= MOST_EXACT;
  const p = exact ? exactP(doubledRanks, smaller) : approximateP({ n, w: smaller / 2, tieSizes });
  return { w: smaller / 2, p: Math.min(1, p), n, exact };
}

/** Ranks times two, so that shared ones stay integers; `tieSizes` holds the size of every group of equal differences. */
function rankBySize(differences: readonly number[]) {
  const sizes = differences.map(Math.abs);
  const order = sizes.map((_, at) => at).sort((x, y) => (sizes[x] ?? 0) - (sizes[y] ?? 0));
  const doubledRanks = sizes.map(() => 0);
  const tieSizes: number[] = [];
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && (sizes[order[end] ?? 0] ?? 0) - (sizes[order[end - 1] ?? 0] ?? 0) < TIE) end++;
    for (const at of order.slice(first, end)) doubledRanks[at] = first + 1 + end;
    tieSizes.push(end - first);
    first = end;
  }
  return { doubledRanks, tieSizes };
}

/** Twice the share of sign patterns whose doubled rank sum is at most `smaller`. */
function exactP(doubledRanks: readonly number[], smaller: number): number {
  const patterns = new Float64Array(smaller + 1);
  patterns[0] = 1;
  for (const rank of doubledRanks) {
    for (let sum = smaller; sum >= rank; sum--) patterns[sum] = (patterns[sum] ?? 0) + (patterns[sum - rank] ?? 0);
  }
  return (2 * patterns.reduce((sum, count) => sum + count, 0)) / 2 ** doubledRanks.length;
}

function approximateP({ n, w, tieSizes }: { n: number; w: number; tieSizes: readonly number[] }): number {
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = (n * (n + 1) * (2 * n + 1) - ties / 2) / 24;
  return 2 * normalCdf((w - (n * (n + 1)) / 4) / Math.sqrt(variance));
}
