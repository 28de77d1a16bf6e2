import type { SystemValues } from "../domain/comparison.ts";
import type { ComparisonDeclaration, CrossFitted, SpikeComparison, SpikeSystem } from "../domain/spike-comparison.ts";
import { HarnessError } from "../errors.ts";
import { type AlphaSweep, type ChosenValues, crossFitDatasets, crossFitQueries, fixedAlpha } from "./alpha-choice.ts";
import { alphaCurve } from "./alpha-curve.ts";
import { correctFamily, type FamilyMember } from "./compare-family.ts";
import { compareSystems } from "./compare-systems.ts";
import { sampleMoments } from "./sample-moments.ts";

/** One system at every alpha beside its base, on one dataset in one measure. */
export type SpikeSweep = SpikeSystem & {
  readonly measure: string;
  readonly base: SystemValues;
  /** Points of cells that failed are left out. */
  readonly sweep: AlphaSweep;
  /** Why it cannot be compared, if that is known before: a failed cell. */
  readonly reason?: string | undefined;
};

export type SpikeOptions = ComparisonDeclaration & { readonly allowMixed: boolean };

/** What came of a sweep: the pair that is tested, and its row. */
export type ComparedSweep = { readonly row: SpikeComparison; readonly tested: FamilyMember | undefined };

/**
 * SPIKE against its base by what was declared. A sweep that cannot be compared has a row too, which says why.
 *
 * It yields after every sweep, with their number so far, so that a caller may show progress or stop.
 */
export function* compareSpike(
  sweeps: readonly SpikeSweep[],
  options: SpikeOptions,
): Generator<number, readonly ComparedSweep[]> {
  const compared = new Map<SpikeSweep, ComparedSweep>();
  // those of a dataset share their random numbers, which are then drawn once
  const datasets = [...new Set(sweeps.map(({ sweep }) => sweep.dataset))];
  for (const one of datasets.flatMap((id) => sweeps.filter(({ sweep }) => sweep.dataset === id))) {
    compared.set(one, compareSweep(one, { sweeps, options }));
    yield compared.size;
  }
  return corrected(
    sweeps.flatMap((one) => compared.get(one) ?? []),
    options,
  );
}

type Context = { readonly sweeps: readonly SpikeSweep[]; readonly options: SpikeOptions };

function compareSweep(one: SpikeSweep, context: Context): ComparedSweep {
  const { base, sweep, measure, retriever, queries, scenarios, fusion } = one;
  const { options } = context;
  const row = {
    ...{ retriever, queries, scenarios, fusion, dataset: sweep.dataset, measure },
    ...{ comparison: null, pCorrected: null, familySize: 0, crossFitted: null, curve: [] },
  };
  if (one.reason !== undefined) return { row: { ...row, reason: one.reason }, tested: undefined };
  try {
    const crossFitted = crossFit(one, context);
    const tested = { a: declared(sweep, crossFitted, options), b: base };
    const comparison = compareSystems(tested.a, base, options);
    const fitted = crossFitted.chosen === undefined ? null : summarize(crossFitted.chosen);
    const curve = alphaCurve(sweep, base, options);
    const reason = crossFitted.reason ?? null;
    return { row: { ...row, comparison, crossFitted: fitted, curve, reason }, tested };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { row: { ...row, reason: error.message }, tested: undefined };
  }
}

type CrossFit = { readonly chosen: ChosenValues | undefined; readonly reason: string | undefined };

/** Cross-fitting that is impossible is no error where another alpha was declared. */
function crossFit(one: SpikeSweep, { sweeps, options }: Context): CrossFit {
  try {
    const { folds, seed } = options;
    if (options.crossFit === "queries") {
      const count = Math.min(folds, one.base.values.size);
      return { chosen: crossFitQueries(one.sweep, { folds: count, seed }), reason: undefined };
    }
    const own = sweeps.filter((other) => systemKey(other) === systemKey(one) && other.reason === undefined);
    const chosen = crossFitDatasets(own.map(({ sweep }) => sweep));
    return { chosen: chosen[own.indexOf(one)], reason: undefined };
  } catch (error) {
    if (!(error instanceof HarnessError) || options.alpha === "cross-fitted") throw error;
    return { chosen: undefined, reason: `no cross-fitting: ${error.message}` };
  }
}

/** @throws {HarnessError} `SPEC_INVALID` when the sweep has no such alpha */
function declared(sweep: AlphaSweep, { chosen }: CrossFit, { alpha }: SpikeOptions): SystemValues {
  if (alpha !== "cross-fitted") return fixedAlpha(sweep, alpha).values;
  if (chosen !== undefined) return chosen.values;
  throw new HarnessError("SPEC_INVALID", "alpha could not be cross-fitted.", { where: sweep.system });
}

function summarize({ alphas, values }: ChosenValues): CrossFitted {
  return { alphas, mean: sampleMoments([...values.values.values()]).mean };
}

/** The rows of every family, corrected together. */
function corrected(compared: readonly ComparedSweep[], options: SpikeOptions): readonly ComparedSweep[] {
  const families = new Map<string, ComparedSweep[]>();
  for (const one of compared) {
    if (one.tested === undefined) continue;
    const key = familyKey(one.row, options);
    families.set(key, [...(families.get(key) ?? []), one]);
  }
  const done = new Map<ComparedSweep, ComparedSweep>();
  for (const family of families.values()) {
    const members = family.flatMap(({ tested }) => tested ?? []);
    const comparisons = family.flatMap(({ row }) => row.comparison ?? []);
    const p = correctFamily(members, comparisons, options);
    for (const [at, one] of family.entries()) {
      done.set(one, { ...one, row: { ...one.row, pCorrected: p[at] ?? 1, familySize: family.length } });
    }
  }
  return compared.map((one) => done.get(one) ?? one);
}

function familyKey({ measure, dataset, retriever }: SpikeComparison, { family }: SpikeOptions): string {
  switch (family) {
    case "all":
      return JSON.stringify([measure]);
    case "dataset":
      return JSON.stringify([measure, dataset]);
    case "retriever":
      return JSON.stringify([measure, retriever]);
    case "measures":
      return "";
  }
}

/** What the sweeps of one system share over the datasets. */
export function systemKey({
  retriever,
  queries,
  scenarios,
  fusion,
  measure,
}: SpikeSystem & { readonly measure: string }): string {
  return JSON.stringify([retriever, queries, scenarios, fusion, measure]);
}
