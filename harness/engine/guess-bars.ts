import { HarnessError } from "../errors.ts";
import { requestOfRows, sampleRows } from "./sample-request.ts";
import type { Answer, SearchRequest } from "./types.ts";

/**
 * By sweep: a score for each of its lists, query by query, that the list's last hit is all but sure to reach; -Infinity
 * where nothing is known.
 */
export type GuessedBars = readonly Float64Array[];

/** Documents of a sample, for each hit: more cost more products than they save offers. */
const SAMPLE_PER_HIT = 20;
/** A sample of more than this part of the documents costs more than it saves. */
const LEAST_STRIDE = 32;
/** Natural logarithm of how often a guessed bar is too high: once in ten million lists, at most. */
const LOG_RISK = Math.log(1e-7);
/** A bar that does not turn down most of the sample helps little. */
const LEAST_SHARPNESS = 4;

/**
 * Guesses where the bars of a search will stand, from a search of a few documents drawn by chance.
 *
 * A pool's bar starts nowhere, so without a guess a list takes in `k * (1 + ln(n / k))` documents before it has the best `k`
 * of `n`, and far more than its hits are thrown away again. A guess that was too high is noticed, since the list is then short of
 * hits: see `isShort`.
 *
 * @param search answers a request without guesses
 * @returns undefined where it would not pay
 */
export async function guessBars(
  request: SearchRequest,
  search: (request: SearchRequest) => AsyncIterable<Answer>,
): Promise<GuessedBars | undefined> {
  const { documents, queries, sweeps = [] } = request;
  const count = documents.vectors.count;
  const most = sweeps.reduce((deepest, { k }) => Math.max(deepest, k), 0);
  const stride = Math.max(LEAST_STRIDE, Math.ceil(count / (SAMPLE_PER_HIT * most)));
  const depths = sweeps.map(({ k }) => sampleDepth(k / stride));
  if (most === 0 || Math.max(...depths) * LEAST_SHARPNESS > count / stride) return undefined;

  const sampled = requestOfRows(request, sampleRows(count, stride));
  const bars = sweeps.map(({ weights }) => new Float64Array(queries.count * weights.length).fill(-Infinity));
  const questions = { sweeps: sampled.sweeps?.map((sweep, index) => ({ ...sweep, k: depths[index] ?? 1 })) };
  try {
    const answers = search({ ...sampled, ...questions, cuts: undefined, scores: undefined, onProgress: undefined });
    for await (const answer of answers) takeLast(answer, depths, bars);
  } catch (error) {
    // it names a row of the sample; the search of all finds the same fault, and names its row
    if (error instanceof HarnessError && error.code === "SCORE_INVALID") return undefined;
    throw error;
  }
  return bars;
}

/** The scores of the last hits of lists that are as long as they can be. */
function takeLast({ query, sweeps }: Answer, depths: readonly number[], bars: GuessedBars): void {
  for (const [index, lists] of sweeps.entries()) {
    const depth = depths[index] ?? 0;
    for (const [pair, { scores }] of lists.entries()) {
      const last = scores[depth - 1];
      if (last !== undefined) bars[index]?.fill(last, query * lists.length + pair, query * lists.length + pair + 1);
    }
  }
}

/**
 * How deep to look into a sample for a score that the best documents' last one reaches.
 *
 * @param expected how many of the best documents are in the sample on average
 * @returns least `r` such that more than `r - 1` of them are in it with a probability of at most 1e-7
 * Source: Chernoff's bound of a sum of independent draws, P(X >= r) <= exp(r - expected - r * ln(r / expected))
 */
export function sampleDepth(expected: number): number {
  let depth = Math.ceil(expected) + 1;
  while (depth - expected - depth * Math.log(depth / expected) > LOG_RISK) depth++;
  return depth;
}

/** Whether a list of the answer is so short that its guessed bar may have been too high. */
export function isShort({ query, sweeps }: Answer, request: SearchRequest, bars: GuessedBars): boolean {
  return sweeps.some((lists, index) => {
    const k = request.sweeps?.[index]?.k ?? 0;
    return lists.some(
      ({ rows }, pair) => rows.length < k && (bars[index]?.[query * lists.length + pair] ?? -Infinity) > -Infinity,
    );
  });
}
