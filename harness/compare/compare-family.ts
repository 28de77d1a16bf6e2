import type { Comparison, ComparisonTest, Correction, FamilyComparison, SystemValues } from "../domain/comparison.ts";
import { HarnessError } from "../errors.ts";
import { type CompareOptions, compareSystems } from "./compare-systems.ts";
import { maxT } from "./max-t.ts";
import { P_CORRECTIONS } from "./p-corrections.ts";
import { type PairedValues, pairValues, sharedQueries } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";

/** One test of a family: a SPIKE cell (A) against its own base (B), usually. */
export type FamilyMember = { readonly a: SystemValues; readonly b: SystemValues };

export type FamilyOptions = CompareOptions & {
  readonly correction?: Correction | undefined;
  readonly test?: ComparisonTest | undefined;
};

/**
 * Compares every pair of a declared family and corrects their p values for being many.
 *
 * @throws {HarnessError} `FAMILY_EMPTY`, or as `pairValues`
 */
export function compareFamily(members: readonly FamilyMember[], options: FamilyOptions = {}): FamilyComparison {
  if (members.length === 0) {
    throw new HarnessError("FAMILY_EMPTY", "expected a family of one comparison or more, found none.");
  }
  const comparisons = members.map(({ a, b }) => compareSystems(a, b, options));
  const corrected = correctFamily(members, comparisons, options);
  const rows = comparisons.map((comparison, at) => ({ comparison, pCorrected: corrected[at] ?? 1 }));
  return { correction: options.correction ?? "holm", rows };
}

/**
 * Corrected p values of a family whose comparisons are made. `maxT` shares signs among members of one dataset, which
 * therefore must have the same queries; it has its own statistic whatever the test. A t test that is not defined (all
 * differences are the same) counts as p = 1: it claims nothing.
 *
 * @param comparisons one a member, in their order
 * @throws as `pairValues`
 */
export function correctFamily(
  members: readonly FamilyMember[],
  comparisons: readonly Comparison[],
  { correction = "holm", test = "randomization", ...options }: FamilyOptions = {},
): readonly number[] {
  if (correction !== "maxT") {
    const p = comparisons.map(({ pRandomization, pT }) => (test === "paired-t" ? (pT ?? 1) : pRandomization));
    return P_CORRECTIONS[correction](p);
  }
  const pairs = members.map(({ a, b }) => pairValues(a, b, options));
  return maxTByDataset(members, pairs, options);
}

function maxTByDataset(
  members: readonly FamilyMember[],
  pairs: readonly PairedValues[],
  options: CompareOptions,
): readonly number[] {
  const datasets = [...new Set(pairs.map(({ dataset }) => dataset))];
  const strata = datasets.map((label) => {
    const ofDataset = members.filter(({ a }) => a.dataset === label);
    sharedQueries(ofDataset.map(({ a }) => a));
    return { label, rows: pairs.filter(({ dataset }) => dataset === label).map(({ differences }) => differences) };
  });
  const p = maxT(strata, protocolOf(options));
  const byDataset = datasets.flatMap((label) => pairs.filter(({ dataset }) => dataset === label));
  return pairs.map((pair) => p[byDataset.indexOf(pair)] ?? 1);
}
