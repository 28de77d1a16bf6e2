import type { DatasetsComparison, PooledComparison, Protocol, SystemValues } from "../domain/comparison.ts";
import { HarnessError } from "../errors.ts";
import { bcaInterval } from "./bca-interval.ts";
import type { FamilyMember } from "./compare-family.ts";
import type { CompareOptions } from "./compare-systems.ts";
import { mixedNotes, type PairedValues, pairValues } from "./paired-values.ts";
import { protocolOf } from "./protocol.ts";
import { randomizationTest } from "./randomization-test.ts";
import { sampleMoments } from "./sample-moments.ts";

export type DatasetsOptions = CompareOptions & {
  /** Weight of every dataset in the macro mean, summing to 1; the same for all unless said. */
  readonly weights?: ReadonlyMap<string, number> | undefined;
};

/**
 * Compares two systems over several datasets by stratified tests: signs are flipped and queries resampled inside each
 * dataset, and each dataset keeps its weight.
 *
 * @param pairs systems A and B once for each dataset
 * @throws {HarnessError} `FAMILY_EMPTY`; `DUPLICATE_ID` for a dataset that stands twice; `POLICIES_DIFFER` when datasets
 *   are under different policies, for such values have no mean; or as `pairValues`
 */
export function compareAcrossDatasets(
  pairs: readonly FamilyMember[],
  { weights, ...options }: DatasetsOptions = {},
): DatasetsComparison {
  const notes = checkDatasets(
    pairs.map(({ a }) => a),
    options.allowMixed ?? false,
  );
  const protocol = protocolOf(options);
  const paired = pairs.map(({ a, b }) => pairValues(a, b, options));
  const n = paired.reduce((sum, { differences }) => sum + differences.length, 0);
  return {
    datasets: paired.length,
    n,
    macro: pool(paired, ({ dataset }) => weights?.get(dataset) ?? 1 / paired.length, protocol),
    micro: pool(paired, ({ differences }) => differences.length / n, protocol),
    protocol,
    notes: [...new Set([...notes, ...paired.flatMap((one) => one.notes)])],
  };
}

function pool(
  paired: readonly PairedValues[],
  weightOf: (one: PairedValues) => number,
  protocol: Protocol,
): PooledComparison {
  const weighted = (values: (one: PairedValues) => readonly number[]) =>
    paired.reduce((sum, one) => sum + weightOf(one) * sampleMoments(values(one)).mean, 0);
  const strata = paired.map((one) => ({ label: one.dataset, values: one.differences, weight: weightOf(one) }));
  const { p: pRandomization, ...randomization } = randomizationTest(
    strata.map(({ label, values, weight }) => ({
      label,
      terms: values.map((value) => (weight * value) / values.length),
    })),
    protocol,
  );
  const [meanA, meanB, difference] = [weighted(({ a }) => a), weighted(({ b }) => b), weighted((p) => p.differences)];
  return {
    meanA,
    meanB,
    difference,
    pRandomization,
    interval: bcaInterval(strata, protocol),
    relative: meanB === 0 ? null : difference / meanB,
    randomization,
  };
}

function checkDatasets([first, ...others]: readonly SystemValues[], allowMixed: boolean): readonly string[] {
  if (first === undefined) {
    throw new HarnessError("FAMILY_EMPTY", "expected values on one dataset or more, found none.");
  }
  const names = [first, ...others].map(({ dataset }) => dataset);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw new HarnessError("DUPLICATE_ID", `expected each dataset once, got \`${repeated}\` twice.`);
  }
  return others.flatMap((other) => mixedNotes(first, other, allowMixed));
}
