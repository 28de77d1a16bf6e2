import type { GateVerdict, Interval, ProtocolOptions, SystemValues } from "../domain/comparison.ts";
import { bcaInterval } from "./bca-interval.ts";
import { TIE } from "./effect-size.ts";
import { type PairingOptions, pairValues } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";
import { sampleMoments } from "./sample-moments.ts";

export type GateRules = {
  /** Loss of the mean that is not worth a regression; 0.01 unless said. */
  readonly margin?: number | undefined;
  /** Lowest mean that the candidate may have. */
  readonly floor?: number | undefined;
  /** Largest loss of the mean, whatever the interval says. */
  readonly tolerance?: number | undefined;
};

/** What is known of a candidate on one cell. Differences are candidate - baseline. */
export type GateEvidence = {
  readonly candidateMean: number;
  readonly difference: number;
  /** 90 % two-sided, so that each end is a one-sided test at .05. */
  readonly interval: Interval;
  /** Whether every query has the value that it had. */
  readonly unchanged: boolean;
};

const GATE_LEVEL = 0.9;
const DEFAULT_MARGIN = 0.01;

/**
 * Whether a candidate is as good as its baseline on one cell, by the rule of docs/semantics.md. A lower bound that lies on
 * the margin is inconclusive. A candidate with a query that the baseline lacks is not comparable, and refused.
 *
 * @param candidate undefined when the cell is missing
 * @throws as `pairValues`
 */
export function judgeCandidate(
  baseline: SystemValues,
  candidate: SystemValues | undefined,
  {
    rules = {},
    ...options
  }: { readonly rules?: GateRules } & PairingOptions & Partial<Omit<ProtocolOptions, "level">> = {},
): GateVerdict {
  if (candidate === undefined) return regress(["the cell is missing."]);
  const missing = [...baseline.values.keys()].filter((id) => !candidate.values.has(id));
  if (missing.length > 0) return regress([`queries are missing: ${missing.length}, among them \`${missing[0]}\`.`]);
  const { dataset, a, differences } = pairValues(candidate, baseline, options);
  const strata = [{ label: dataset, values: differences, weight: 1 }];
  const interval = bcaInterval(strata, protocolOf({ ...options, level: GATE_LEVEL }));
  const { mean: difference } = sampleMoments(differences);
  const { mean: candidateMean } = sampleMoments(a);
  const unchanged = differences.every((value) => Math.abs(value) < TIE);
  return gateVerdict({ candidateMean, difference, interval, unchanged }, rules);
}

/** The rule alone. Rounding does not break a floor or a tolerance. */
export function gateVerdict(
  { candidateMean, difference, interval: [low, high], unchanged }: GateEvidence,
  { margin = DEFAULT_MARGIN, floor, tolerance }: GateRules,
): GateVerdict {
  const broken: string[] = [];
  if (floor !== undefined && candidateMean < floor - TIE) broken.push(`its mean ${candidateMean} is below ${floor}.`);
  if (tolerance !== undefined && difference < -tolerance - TIE) {
    broken.push(`its mean changed by ${difference}, more than ${tolerance} down.`);
  }
  if (high < -margin) broken.push(`the interval [${low}, ${high}] lies below -${margin}.`);
  if (broken.length > 0) return regress(broken);
  if (unchanged) return { verdict: "pass", reasons: ["no query changed."] };
  if (low > -margin) return { verdict: "pass", reasons: [`the interval [${low}, ${high}] lies above -${margin}.`] };
  return { verdict: "inconclusive", reasons: [`the interval [${low}, ${high}] holds -${margin}.`] };
}

function regress(reasons: readonly string[]): GateVerdict {
  return { verdict: "regress", reasons };
}
