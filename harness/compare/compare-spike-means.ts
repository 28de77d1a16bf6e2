import type { DatasetsComparison } from "../domain/comparison.ts";
import { datasetWeights } from "../domain/dataset-weights.ts";
import type { DatasetGroup } from "../domain/result.ts";
import type { SpikeMean, SpikeSystem } from "../domain/spike-comparison.ts";
import { HarnessError } from "../errors.ts";
import { compareAcrossDatasets } from "./compare-datasets.ts";
import type { FamilyMember } from "./compare-family.ts";
import { type ComparedSweep, type SpikeOptions, systemKey } from "./compare-spike.ts";
import { P_CORRECTIONS } from "./p-corrections.ts";

export type MeansOptions = SpikeOptions & {
  readonly groups: readonly DatasetGroup[];
  /** All datasets of the experiment: a mean over fewer is none. */
  readonly datasets: readonly string[];
};

/** A mean before its p value is corrected. */
type OpenMean = Omit<SpikeMean, "pCorrected" | "familySize">;

/**
 * SPIKE against its base over every declared group of datasets, or without groups over all datasets. There is no mean of
 * a system that lacks a comparison on one of them, or whose datasets are under policies that may not be mixed: reports
 * say so. The means of one measure are corrected together, by Holm where maxT is declared for the rows.
 *
 * It yields after every mean, as `compareSpike` does.
 */
export function* compareSpikeMeans(
  compared: readonly ComparedSweep[],
  options: MeansOptions,
): Generator<number, readonly SpikeMean[]> {
  const means: OpenMean[] = [];
  for (const system of systemsOf(compared)) {
    for (const { group, weights } of weightings(options)) {
      const comparison = compareMean(system, weights, options);
      if (comparison !== undefined) means.push({ ...axesOf(system), group, comparison });
      yield means.length;
    }
  }
  return corrected(means, options);
}

type Weighting = { readonly group: string | null; readonly weights: ReadonlyMap<string, number> };

function weightings({ groups, datasets }: MeansOptions): readonly Weighting[] {
  if (groups.length > 0) return groups.map((one) => ({ group: one.name, weights: datasetWeights(one, groups) }));
  return datasets.length < 2 ? [] : [{ group: null, weights: datasetWeights({ members: datasets }, []) }];
}

function compareMean(
  system: readonly ComparedSweep[],
  weights: ReadonlyMap<string, number>,
  options: MeansOptions,
): DatasetsComparison | undefined {
  const members = system.flatMap(({ row, tested }): FamilyMember[] =>
    tested !== undefined && weights.has(row.dataset) ? [tested] : [],
  );
  if (members.length < weights.size) return undefined;
  try {
    return compareAcrossDatasets(members, { ...options, weights });
  } catch (error) {
    if (error instanceof HarnessError && error.code === "POLICIES_DIFFER") return undefined;
    throw error;
  }
}

function corrected(means: readonly OpenMean[], { correction }: MeansOptions): readonly SpikeMean[] {
  const p = new Map<OpenMean, { readonly pCorrected: number; readonly familySize: number }>();
  for (const measure of new Set(means.map((mean) => mean.measure))) {
    const family = means.filter((mean) => mean.measure === measure);
    const raw = family.map(({ comparison }) => comparison.macro.pRandomization);
    const adjusted = P_CORRECTIONS[correction === "maxT" ? "holm" : correction](raw);
    for (const [at, mean] of family.entries()) {
      p.set(mean, { pCorrected: adjusted[at] ?? 1, familySize: family.length });
    }
  }
  return means.flatMap((mean) => {
    const own = p.get(mean);
    return own === undefined ? [] : [{ ...mean, ...own }];
  });
}

function systemsOf(compared: readonly ComparedSweep[]): readonly (readonly ComparedSweep[])[] {
  const systems = new Map<string, ComparedSweep[]>();
  for (const one of compared) {
    const key = systemKey(one.row);
    systems.set(key, [...(systems.get(key) ?? []), one]);
  }
  return [...systems.values()];
}

function axesOf([first]: readonly ComparedSweep[]): SpikeSystem & { readonly measure: string } {
  const { retriever = "", queries = "", scenarios = null, fusion = null, measure = "" } = first?.row ?? {};
  return { retriever, queries, scenarios, fusion, measure };
}
