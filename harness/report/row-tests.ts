import type { Interval } from "../domain/comparison.ts";
import type { ExperimentComparison, SpikeComparison, SpikeMean } from "../domain/spike-comparison.ts";
import type { RowKey } from "./row-groups.ts";

/** How sure the difference of a row is; SPIKE minus base, at the alpha that the comparison declares. */
export type RowTest = {
  readonly n: number;
  readonly interval: Interval;
  /** Of the test that is corrected; absent where it is not defined. */
  readonly p: number | undefined;
  readonly pCorrected: number;
  readonly familySize: number;
  /** What a mean over datasets does not have. */
  readonly effect:
    | {
        readonly dz: number | undefined;
        readonly wins: number;
        readonly ties: number;
        readonly losses: number;
        readonly detectable: number | undefined;
        readonly pT: number | undefined;
        readonly pWilcoxon: number | undefined;
      }
    | undefined;
  /** The mean over all queries of the datasets, for a mean over datasets. */
  readonly micro: { readonly difference: number; readonly interval: Interval } | undefined;
  readonly notes: readonly string[];
};

/** Where a row's tests are found. */
export type RowTests = {
  row(key: RowKey, place: RowPlace): SpikeComparison | undefined;
  test(row: SpikeComparison): RowTest | undefined;
  /** @param group null for the mean over all datasets */
  mean(key: RowKey, place: { readonly group: string | null; readonly measure: string }): RowTest | undefined;
};

type RowPlace = { readonly dataset: string; readonly measure: string };

/** A corrected p below this gets a dagger. */
export const SIGNIFICANT = 0.05;

/** Whether a row gets a dagger. */
export function isSignificant(test: RowTest | undefined): boolean {
  return test !== undefined && test.pCorrected < SIGNIFICANT;
}

/** The tests of a result by row. */
export function rowTests(comparison: ExperimentComparison | null): RowTests {
  const rows = new Map(comparison?.rows.map((row) => [keyOf(row, row.dataset, row.measure), row]));
  const means = new Map(comparison?.means.map((mean) => [keyOf(mean, mean.group, mean.measure), meanTest(mean)]));
  return {
    row: (key, { dataset, measure }) => rows.get(keyOf(key, dataset, measure)),
    test: (row) => testOf(row, comparison?.declaration.test),
    mean: (key, { group, measure }) => means.get(keyOf(key, group, measure)),
  };
}

function testOf(
  { comparison, pCorrected, familySize }: SpikeComparison,
  test: ExperimentComparison["declaration"]["test"] | undefined,
): RowTest | undefined {
  if (comparison === null || pCorrected === null) return undefined;
  const { n, interval, pRandomization, pT, pWilcoxon, dz, wins, ties, losses, mde, notes } = comparison;
  return {
    ...{ n, interval, pCorrected, familySize, notes },
    p: (test === "paired-t" ? pT : pRandomization) ?? undefined,
    effect: {
      ...{ wins, ties, losses },
      dz: dz ?? undefined,
      detectable: mde ?? undefined,
      pT: pT ?? undefined,
      pWilcoxon: pWilcoxon ?? undefined,
    },
    micro: undefined,
  };
}

function meanTest({ comparison, pCorrected, familySize }: SpikeMean): RowTest {
  const { n, macro, micro, notes } = comparison;
  const { interval, pRandomization: p } = macro;
  return { n, interval, p, pCorrected, familySize, effect: undefined, micro, notes };
}

type SystemKey = { readonly [axis in keyof RowKey]: string | null | undefined };

function keyOf({ retriever, queries, scenarios, fusion }: SystemKey, place: string | null, measure: string): string {
  return JSON.stringify([retriever, queries, scenarios, fusion, place, measure]);
}
