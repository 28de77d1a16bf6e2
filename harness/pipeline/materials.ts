import type { Dataset } from "../domain/dataset.ts";
import type { ExpansionSummary } from "../domain/expansion.ts";
import type { DocId } from "../domain/ids.ts";
import type { Query } from "../domain/query.ts";
import type { ScenarioSet } from "../domain/scenario-set.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import { HarnessError } from "../errors.ts";

/** The data of an experiment, read and checked, with the hashes that its cells are known by. */
export type Materials = {
  readonly datasets: ReadonlyMap<string, DatasetMaterial>;
  /** By dataset id, then by name of the scenario set. */
  readonly scenarios: ReadonlyMap<string, ReadonlyMap<string, ScenarioMaterial>>;
};

export type DatasetMaterial = {
  readonly dataset: Dataset;
  readonly ties: Int32Array;
  readonly rows: ReadonlyMap<DocId, number>;
  /** By name of the query set. */
  readonly querySets: ReadonlyMap<string, QuerySetMaterial>;
  readonly policyHash: string;
  readonly qrelsHash: string;
};

export type QuerySetMaterial = {
  readonly queries: readonly Query[];
  readonly hash: string;
  /** Undefined where the queries are asked as they are written. */
  readonly expansion?: Omit<ExpansionSummary, "contentHash"> | undefined;
};

export type ScenarioMaterial = {
  readonly set: ScenarioSet;
  readonly layout: ViewLayout;
  readonly hash: string;
};

/** A dataset that the plan names; that it is there is what `gatherMaterials` sees to. */
export function datasetOf(id: string, { datasets }: Materials): DatasetMaterial {
  const material = datasets.get(id);
  if (material === undefined) throw new HarnessError("UNKNOWN_DATASET", `dataset \`${id}\` was not read.`);
  return material;
}
