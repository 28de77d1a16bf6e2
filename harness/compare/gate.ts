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
  /** At most `atMost` queries may lose more than `over`, whatever the mean says. */
  readonly queryLoss?: { readonly over: number; readonly atMost: number } | undefined;
};

/** What is known of a candidate on one cell. Differences are candidate - baseline. */
export type GateEvidence = {
  readonly candidateMean: number;
  readonly difference: number;
  /** 90 % two-sided, so that each end is a one-sided test at .05. */
  readonly interval: Interval;
  /** Whether every query has the value that it had. */
  readonly unchanged: boolean;
  /** Of every query; needed where a rule asks for single queries. */
  readonly differences?: readonly number[] | undefined;
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
  return gateVerdict({ candidateMean, difference, interval, unchanged, differences }, rules);
}

/** The rule alone. Rounding does not break a floor or a tolerance. */
export function gateVerdict(
  { candidateMean, difference, interval: [low, high], unchanged, differences = [] }: GateEvidence,
  { margin = DEFAULT_MARGIN, floor, tolerance, queryLoss }: GateRules,
): GateVerdict {
  const broken: string[] = [];
  const interval = `the 90 % interval [${places(low)}, ${places(high)}] of the difference`;
  if (floor !== undefined && candidateMean < floor - TIE) {
    broken.push(`its mean ${places(candidateMean)} is below the floor ${floor}.`);
  }
  if (tolerance !== undefined && difference < -tolerance - TIE) {
    broken.push(`its mean changed by ${places(difference)}, more than ${tolerance} down.`);
  }
  if (queryLoss !== undefined) {
    const severe = differences.filter((value) => value < -queryLoss.over - TIE).length;
    if (severe > queryLoss.atMost) {
      broken.push(`${severe} queries lost more than ${queryLoss.over}, expected at most ${queryLoss.atMost}.`);
    }
  }
  if (high < -margin) broken.push(`${interval} lies below -${margin}.`);
  if (broken.length > 0) return regress(broken);
  if (unchanged) return { verdict: "pass", reasons: ["no query changed."] };
  if (low > -margin) return { verdict: "pass", reasons: [`${interval} lies above -${margin}.`] };
  return { verdict: "inconclusive", reasons: [`${interval} holds -${margin}.`] };
}

function places(value: number): string {
  return value.toFixed(4);
}

function regress(reasons: readonly string[]): GateVerdict {
  return { verdict: "regress", reasons };
}
