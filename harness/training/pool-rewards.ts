/** What candidates of a query are measured by; similarities are inner products of unit vectors, one a candidate. */
export type PoolSimilarities = {
  /** To the gold document. */
  readonly positive: Float64Array;
  /** To what a model answers with the gold document before it; undefined where that is not rewarded. */
  readonly answer: Float64Array | undefined;
};

/**
 * `1 / rank` of every value among all, the greatest having rank 1. Equal values share their best rank, so that no reward comes
 * of the order in which candidates were asked for.
 *
 * Deviation: the papers' code breaks such ties by position.
 */
export function reciprocalRanks(values: Float64Array): Float64Array {
  const descending = values.toSorted().toReversed();
  const ranks = new Map<number, number>();
  for (const [at, value] of descending.entries()) if (!ranks.has(value)) ranks.set(value, at + 1);
  return values.map((value) => 1 / (ranks.get(value) ?? Number.NaN));
}

/** Sum of several numbers a candidate; all of one length. */
export function sumOf(parts: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(0), ...others] = parts;
  return first.map((value, at) => others.reduce((sum, other) => sum + (other[at] ?? 0), value));
}

export type Choice = { readonly chosen: number; readonly rejected: number };

/**
 * The best and the worst candidate, of equals the first; undefined where all are equal, so that there is nothing to prefer.
 *
 * Source: LLM-QE and ExpandR (arg max and arg min of the summed rewards, first index on ties).
 */
export function chooseExtremes(rewards: Float64Array): Choice | undefined {
  let [chosen, rejected] = [0, 0];
  for (const [at, reward] of rewards.entries()) {
    if (reward > (rewards[chosen] ?? 0)) chosen = at;
    if (reward < (rewards[rejected] ?? 0)) rejected = at;
  }
  return chosen === rejected ? undefined : { chosen, rejected };
}
