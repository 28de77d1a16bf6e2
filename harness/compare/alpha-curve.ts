import type { CurvePoint, SystemValues } from "../domain/comparison.ts";
import type { AlphaSweep } from "./alpha-choice.ts";
import { bcaIntervals } from "./bca-interval.ts";
import type { CompareOptions } from "./compare-systems.ts";
import { pairValues } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";
import { sampleMoments } from "./sample-moments.ts";

/**
 * The mean at every alpha beside the base, with a pointwise band. All alphas share their resamples, so the band is as smooth
 * as the curve. A curve is shown; a point picked from it is an oracle's.
 *
 * @throws as `pairValues`
 */
export function alphaCurve(
  { points, ...origin }: AlphaSweep,
  base: SystemValues,
  options: Omit<CompareOptions, "wilcoxon"> = {},
): readonly CurvePoint[] {
  const pairs = points.map(({ values }) => pairValues({ ...origin, values }, base, options));
  const intervals = bcaIntervals(
    pairs.map(({ differences }) => differences),
    { label: origin.dataset, ...protocolOf(options) },
  );
  return points.flatMap(({ alpha }, at) => {
    const [pair, interval] = [pairs[at], intervals[at]];
    if (pair === undefined || interval === undefined) return [];
    const [mean, difference] = [sampleMoments(pair.a).mean, sampleMoments(pair.differences).mean];
    return [{ alpha, mean, difference, interval }];
  });
}
