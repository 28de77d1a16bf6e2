import { createRandomSource } from "../runtime/seeded-random.ts";

/** Values of one dataset, resampled among themselves; the statistic is the weighted sum of the strata's means. */
export type MeanStratum = {
  /** Names the random numbers; strata with different labels are resampled independently. */
  readonly label: string;
  readonly values: readonly number[];
  readonly weight: number;
};

/** Resamples of one random substream. */
const BLOCK = 100;

/**
 * The statistic of every resample, drawn with replacement inside each stratum.
 *
 * An index is `floor(word * n / 2^32)`. Its probability is off 1 / n by less than one part in 2^32 / n, a millionth for
 * 4,000 queries, which no number of resamples in use could show.
 */
export function bootstrapMeans(strata: readonly MeanStratum[], { seed, resamples }: Resampling): Float64Array {
  const means = new Float64Array(resamples);
  for (const { label, values, weight } of strata) {
    const { length } = values;
    const pool = Float64Array.from(values);
    forEachDraw({ label, length, seed, resamples }, (draw, at) => {
      means[at] = (means[at] ?? 0) + (weight * resampledSum(pool, draw)) / length;
    });
  }
  return means;
}

type Resampling = { readonly seed: number; readonly resamples: number };

/**
 * The means of several samples over the same queries, every sample resampled by the same draws: each array is what
 * `bootstrapMeans` gives for that sample alone, at a fraction of the work.
 *
 * @param samples of one length
 */
export function bootstrapTogether(
  samples: readonly (readonly number[])[],
  { label, ...resampling }: { readonly label: string } & Resampling,
): readonly Float64Array[] {
  const length = samples[0]?.length ?? 0;
  const lanes = Array.from({ length: Math.ceil(samples.length / LANES) }, (_, group) => ({
    pool: interleave(samples.slice(group * LANES, (group + 1) * LANES), length),
    sums: new Float64Array(LANES * resampling.resamples),
  }));
  forEachDraw({ label, length, ...resampling }, (draw, at) => {
    for (const { pool, sums } of lanes) sumLanes(pool, draw, { sums, at: LANES * at });
  });
  return samples.map((_, sample) => {
    const means = new Float64Array(resampling.resamples);
    const sums = lanes[Math.floor(sample / LANES)]?.sums ?? means;
    for (let at = 0; at < means.length; at++) means[at] = (sums[LANES * at + (sample % LANES)] ?? 0) / length;
    return means;
  });
}

/** Samples that are summed side by side: one sum waits for each of its additions, four do not wait for one another. */
const LANES = 4;

/** Values by query, then sample; 0 where there is no such sample. @param samples at most `LANES`, of one length */
function interleave(samples: readonly (readonly number[])[], length: number): Float64Array {
  return Float64Array.from({ length: length * LANES }, (_, at) => samples[at % LANES]?.[Math.floor(at / LANES)] ?? 0);
}

type LaneSums = { readonly sums: Float64Array; readonly at: number };

/** Leaves the sum of the drawn values of each sample from `at` on, added in the order of the draw as `resampledSum` does. */
function sumLanes(pool: Float64Array, words: Uint32Array, { sums, at: first }: LaneSums): void {
  const scale = words.length / 2 ** 32;
  // four numbers and no array: this is run for every draw
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < words.length; at++) {
    const drawn = (((words[at] ?? 0) * scale) | 0) * LANES;
    a += pool[drawn] ?? 0;
    b += pool[drawn + 1] ?? 0;
    c += pool[drawn + 2] ?? 0;
    d += pool[drawn + 3] ?? 0;
  }
  sums[first] = a;
  sums[first + 1] = b;
  sums[first + 2] = c;
  sums[first + 3] = d;
}

type Draws = Resampling & { readonly label: string; readonly length: number };

/**
 * Random words of earlier draws, oldest first, for the next comparisons on the same datasets. They depend on their key
 * alone, so whether they are here changes nothing but time.
 */
const kept = new Map<string, Uint32Array>();

/** Words that are kept in all, 64 MB: enough for 10,000 resamples of BRIGHT's 1,384 queries. */
const MOST_KEPT = 2 ** 24;

/** Calls `visit` with `length` random words for every resample. */
function forEachDraw({ label, length, seed, resamples }: Draws, visit: (draw: Uint32Array, at: number) => void): void {
  const key = JSON.stringify([label, length, seed, resamples]);
  const isKept = length * resamples <= MOST_KEPT;
  const known = kept.get(key);
  const words = known ?? new Uint32Array(length * (isKept ? Math.ceil(resamples / BLOCK) * BLOCK : BLOCK));
  const source = createRandomSource(seed, `resamples of ${label}`);
  for (let first = 0; first < resamples; first += BLOCK) {
    const start = isKept ? first * length : 0;
    const block = words.subarray(start, start + BLOCK * length);
    if (known === undefined) source.fill(block, first / BLOCK);
    for (let at = 0; at < BLOCK && first + at < resamples; at++) {
      visit(block.subarray(at * length, (at + 1) * length), first + at);
    }
  }
  if (isKept) keep(key, words);
}

function keep(key: string, words: Uint32Array): void {
  kept.delete(key);
  kept.set(key, words);
  let count = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
  for (const [oldest, { length }] of kept) {
    if (count <= MOST_KEPT) return;
    kept.delete(oldest);
    count -= length;
  }
}

function resampledSum(pool: Float64Array, words: Uint32Array): number {
  const scale = pool.length / 2 ** 32;
  let sum = 0;
  for (let at = 0; at < words.length; at++) sum += pool[((words[at] ?? 0) * scale) | 0] ?? 0;
  return sum;
}
