import { quantileSorted } from "simple-statistics";
import type { Interval, ProtocolOptions } from "../domain/comparison.ts";
import { bootstrapMeans, bootstrapTogether, type MeanStratum } from "./bootstrap.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { sampleMoments } from "./sample-moments.ts";

/** Resampled means that equal the observed one on paper differ in their last bits. */
const ROUNDING = 1e-12;

/**
 * Bias-corrected and accelerated bootstrap interval of a weighted sum of means: one mean difference, or a macro mean.
 *
 * Resamples that equal the estimate count half as below it; a share of 0 or 1, where the correction would be infinite, is
 * moved in by half a resample. Percentiles are interpolated linearly. Where no stratum's values vary, every resample
 * is the same and the interval is the estimate.
 * Source: Efron, Tibshirani: An introduction to the bootstrap (1993), 14.3 and 15.4; the acceleration of several samples
 * as in scipy.stats.bootstrap.
 */
export function bcaInterval(
  strata: readonly MeanStratum[],
  { level, seed, resamples }: Omit<ProtocolOptions, "draws">,
): Interval {
  const moments = strata.map(({ values }) => sampleMoments(values));
  const estimate = strata.reduce((sum, { weight }, at) => sum + weight * (moments[at]?.mean ?? 0), 0);
  if (moments.every(({ isConstant }) => isConstant)) return [estimate, estimate];
  return intervalOf(bootstrapMeans(strata, { seed, resamples }), {
    estimate,
    acceleration: accelerationOf(strata),
    level,
  });
}

/**
 * The intervals of several mean differences over the same queries, each as `bcaInterval` gives it alone.
 *
 * @param samples of one length
 */
export function bcaIntervals(
  samples: readonly (readonly number[])[],
  { label, level, ...draws }: { readonly label: string } & Omit<ProtocolOptions, "draws">,
): readonly Interval[] {
  const means = bootstrapTogether(samples, { label, ...draws });
  return samples.map((values, at) => {
    const { mean: estimate, isConstant } = sampleMoments(values);
    const own = means[at];
    if (isConstant || own === undefined) return [estimate, estimate];
    return intervalOf(own, { estimate, acceleration: accelerationOf([{ label, values, weight: 1 }]), level });
  });
}

type IntervalFacts = { readonly estimate: number; readonly acceleration: number; readonly level: number };

function intervalOf(resampled: Float64Array, { estimate, acceleration, level }: IntervalFacts): Interval {
  const means = Array.from(resampled.sort());
  const bias = normalQuantile(shareBelow(means, estimate));
  const reach = normalQuantile((1 + level) / 2);
  const end = (z: number) => {
    // positive: the acceleration is at most 1/6 in size (its numerator is bounded by its denominator), bias + z far below 6
    const shift = bias + z;
    return quantileSorted(means, normalCdf(bias + shift / (1 - acceleration * shift)));
  };
  return [end(-reach), end(reach)];
}

function shareBelow(means: readonly number[], estimate: number): number {
  let halves = 0;
  for (const mean of means) halves += mean < estimate - ROUNDING ? 2 : mean <= estimate + ROUNDING ? 1 : 0;
  return Math.min(Math.max(halves, 1), 2 * means.length - 1) / (2 * means.length);
}

/** Skewness of the estimate over six, from the influence of every query: its weighted distance to its stratum's mean. */
export function accelerationOf(strata: readonly MeanStratum[]): number {
  let [squares, cubes] = [0, 0];
  for (const { values, weight } of strata) {
    const { mean } = sampleMoments(values);
    for (const value of values) {
      const influence = (weight * (value - mean)) / values.length;
      squares += influence ** 2;
      cubes += influence ** 3;
    }
  }
  return cubes / (6 * squares ** 1.5);
}
