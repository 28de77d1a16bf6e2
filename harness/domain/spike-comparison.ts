import type { CellAxes } from "./cell-axes.ts";
import type {
  Comparison,
  ComparisonTest,
  Correction,
  CurvePoint,
  DatasetsComparison,
  ProtocolOptions,
} from "./comparison.ts";

/**
 * Which tests are corrected together: `all` comparisons of one measure, those of one `dataset` or one `retriever` in it,
 * or those of all `measures` of the file.
 */
type Family = "all" | "dataset" | "retriever" | "measures";

/** What a run file declares about its comparison, before the run. */
export type ComparisonDeclaration = ProtocolOptions & {
  /** The alpha at which SPIKE is tested. */
  readonly alpha: number | "cross-fitted";
  /** Whose p values are corrected. */
  readonly test: ComparisonTest;
  readonly correction: Correction;
  readonly family: Family;
  /** What alpha is cross-fitted over: folds of a dataset's queries, or the other datasets. */
  readonly crossFit: "queries" | "datasets";
  /** At most as many as there are queries. */
  readonly folds: number;
  readonly wilcoxon: boolean;
};

/** What SPIKE's cells share with each other over the alphas, and over the datasets. */
export type SpikeSystem = Omit<CellAxes, "dataset" | "alpha">;

/** Values at alphas that were chosen on other folds or datasets. */
export type CrossFitted = {
  /** One a fold, or one. */
  readonly alphas: readonly number[];
  readonly mean: number;
};

/** One system with scenarios (A) beside its own base (B), on one dataset in one measure. */
export type SpikeComparison = SpikeSystem & {
  readonly dataset: string;
  readonly measure: string;
  /** At the alpha that is declared; null where it could not be made, and `reason` says why. */
  readonly comparison: Comparison | null;
  /** Corrected for its family. */
  readonly pCorrected: number | null;
  /** Comparisons of that family. */
  readonly familySize: number;
  readonly reason: string | null;
  /** Chosen by cross-fitting, whether it is the declared choice or not; tested only if it is. */
  readonly crossFitted: CrossFitted | null;
  readonly curve: readonly CurvePoint[];
};

/** One system over the datasets of a group, or over all datasets where `group` is null. */
export type SpikeMean = SpikeSystem & {
  readonly group: string | null;
  readonly measure: string;
  readonly comparison: DatasetsComparison;
  /** The means of one measure are a family of their own. */
  readonly pCorrected: number;
  readonly familySize: number;
};

/** SPIKE against its base, wherever a run has both. */
export type ExperimentComparison = {
  /** sha256 of all that it depends on. */
  readonly key: string;
  readonly declaration: ComparisonDeclaration;
  readonly rows: readonly SpikeComparison[];
  readonly means: readonly SpikeMean[];
};
