import type { Correction, FamilyComparison, SystemValues } from "../domain/comparison.ts";
import { HarnessError } from "../errors.ts";
import { type CompareOptions, comparePaired } from "./compare-systems.ts";
import { maxT } from "./max-t.ts";
import { P_CORRECTIONS } from "./p-corrections.ts";
import { type PairedValues, pairValues, sharedQueries } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";

/** One test of a family: a SPIKE cell (A) against its own base (B), usually. */
export type FamilyMember = { readonly a: SystemValues; readonly b: SystemValues };

/**
 * Compares every pair of a declared family and corrects their p values for being many.
 *
 * `maxT` shares signs among members of one dataset, which therefore must have the same queries.
 *
 * @throws {HarnessError} `FAMILY_EMPTY`, or as `pairValues`
 */
export function compareFamily(
  members: readonly FamilyMember[],
  options: CompareOptions & { readonly correction?: Correction | undefined } = {},
): FamilyComparison {
  if (members.length === 0) {
    throw new HarnessError("FAMILY_EMPTY", "expected a family of one comparison or more, found none.");
  }
  const { correction = "holm", ...rest } = options;
  const pairs = members.map(({ a, b }) => pairValues(a, b, rest));
  const comparisons = pairs.map((pair) => comparePaired(pair, rest));
  const corrected =
    correction === "maxT"
      ? maxTByDataset(members, pairs, rest)
      : P_CORRECTIONS[correction](comparisons.map(({ pRandomization }) => pRandomization));
  const rows = comparisons.map((comparison, at) => ({ comparison, pCorrected: corrected[at] ?? 1 }));
  return { correction, rows };
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
