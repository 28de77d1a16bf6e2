import type { CurvePoint, SystemValues } from "../domain/comparison.ts";
import type { AlphaSweep } from "./alpha-choice.ts";
import { bcaInterval } from "./bca-interval.ts";
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
  const protocol = protocolOf(options);
  return points.map(({ alpha, values }) => {
    const { dataset, a, differences } = pairValues({ ...origin, values }, base, options);
    return {
      alpha,
      mean: sampleMoments(a).mean,
      difference: sampleMoments(differences).mean,
      interval: bcaInterval([{ label: dataset, values: differences, weight: 1 }], protocol),
    };
  });
}
