import type { Comparison, ProtocolOptions, SystemValues } from "../domain/comparison.ts";
import { bcaInterval } from "./bca-interval.ts";
import { detectableEffect } from "./detectable-effect.ts";
import { countWins, standardizedEffect } from "./effect-size.ts";
import { pairedTTest, tInterval } from "./paired-t-test.ts";
import { type PairingOptions, pairValues } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";
import { randomizationTest } from "./randomization-test.ts";
import { type SampleMoments, sampleMoments } from "./sample-moments.ts";
import { wilcoxonSignedRank } from "./wilcoxon.ts";

export type CompareOptions = Partial<ProtocolOptions> &
  PairingOptions & {
    /** Adds Wilcoxon's test, which tests another hypothesis than a difference of means. */
    readonly wilcoxon?: boolean | undefined;
  };

/**
 * Whether, by how much and how surely system A is better than B on one dataset. Random numbers depend on the seed and the
 * dataset's name, never on the systems or the order of queries.
 *
 * @throws as `pairValues`
 */
export function compareSystems(a: SystemValues, b: SystemValues, options: CompareOptions = {}): Comparison {
  const paired = pairValues(a, b, options);
  const protocol = protocolOf(options);
  const { dataset: label, differences } = paired;
  const moments = sampleMoments(differences);
  const { n, mean: difference } = moments;
  const terms = differences.map((value) => value / n);
  const { p: pRandomization, ...randomization } = randomizationTest([{ label, terms }], protocol);
  const test = pairedTTest(moments);
  const effect = standardizedEffect(moments);
  const { superiority, ...counts } = countWins(differences);
  const mde = detectableEffect(moments);
  const { mean: meanB } = sampleMoments(paired.b);
  return {
    n,
    meanA: sampleMoments(paired.a).mean,
    meanB,
    difference,
    pRandomization,
    pT: test?.p ?? null,
    interval: bcaInterval([{ label, values: differences, weight: 1 }], protocol),
    dz: effect?.dz ?? null,
    ...counts,
    mde: mde ?? null,
    relative: meanB === 0 ? null : difference / meanB,
    t: test?.t ?? null,
    tInterval: tInterval(moments, protocol.level),
    pWilcoxon: options.wilcoxon === true ? wilcoxonSignedRank(differences).p : null,
    hedges: effect?.hedges ?? null,
    superiority,
    systemA: paired.systemA,
    systemB: paired.systemB,
    dataset: label,
    randomization,
    protocol,
    notes: [...paired.notes, ...spreadNotes(moments), ...powerNotes(difference, mde)],
  };
}

function spreadNotes({ isConstant, mean: difference }: SampleMoments): readonly string[] {
  if (!isConstant) return [];
  return Math.abs(difference) < 1e-12
    ? ["Both systems have the same value for every query."]
    : ["The difference is the same for every query: its spread is unknown, so there is no t test and no d_z."];
}

function powerNotes(difference: number, mde: number | undefined): readonly string[] {
  if (mde === undefined || mde <= Math.abs(difference)) return [];
  return ["The difference is smaller than what so many queries could be expected to detect (power .8 at .05)."];
}
