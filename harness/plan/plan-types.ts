import type { Fragment } from "../component.ts";
import type { CellAxes } from "../domain/cell-axes.ts";
import type { Policy } from "../domain/policy.ts";
import type { DatasetGroup } from "../domain/result.ts";
import type { ComparisonDeclaration } from "../domain/spike-comparison.ts";
import type { MeasureRequest } from "../evaluate/types.ts";
import type { ExperimentSpec, QuerySetSpec } from "../spec/experiment-spec.ts";

/** Either scores texts itself, or merges the rankings of others that do. */
export type PlannedRetriever =
  | { readonly scores: true; readonly fragment: Fragment }
  | { readonly scores: false; readonly members: readonly string[]; readonly fuser: Fragment };

export type PlannedCell = {
  readonly axes: CellAxes;
  /** Folder name, unique within the experiment. */
  readonly id: string;
  /** Name of the system without white space: the tag of its run file. */
  readonly system: string;
  /** False for a cell that the matrix does not name, but that a merged retriever needs. */
  readonly listed: boolean;
};

/** An experiment as a list of cells and the things they refer to by name; no data has been read. */
export type ExperimentPlan = {
  readonly name: string;
  readonly description: string | undefined;
  readonly measures: readonly MeasureRequest[];
  /** Documents kept per query. */
  readonly hits: number;
  readonly ids: "refuse" | "percent-encode";
  /** The alpha declared for the comparison; undefined when none was, or when it is to be cross-fitted. */
  readonly declaredAlpha: number | undefined;
  readonly comparison: ComparisonDeclaration;
  readonly retrievers: ReadonlyMap<string, PlannedRetriever>;
  readonly scenarioSets: ReadonlyMap<string, Fragment>;
  /** The query sets that the run file declares: paths, or expansions. */
  readonly querySets: ReadonlyMap<string, QuerySetSpec>;
  readonly fusions: ReadonlyMap<string, Fragment>;
  readonly data: DataPlan;
  /** Groups of datasets that the run file names, inner ones first. */
  readonly groups: readonly DatasetGroup[];
  readonly cells: readonly PlannedCell[];
  /** Sentences for the reports. */
  readonly notes: readonly string[];
};

/** How the data of every dataset is taken; names are resolved. */
export type DataPlan = {
  /** Rules that replace those of the cards. */
  readonly policy: Partial<Policy>;
  /** Path of judgements that replace the dataset's own, under the name that `policy.qrels` says. */
  readonly qrelsPath: string | undefined;
  readonly limit: ExperimentSpec["limit"];
};

/** The query set that a dataset brings along. */
export const ORIGINAL_QUERIES = "original";

/** The fusion of a matrix without a fusion axis. */
export const DEFAULT_FUSION = "default";
