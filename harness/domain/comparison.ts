import type { QueryId } from "./ids.ts";

/**
 * How a system's alpha came about. `fixed`: declared before the run. `cross-fitted`: chosen on other queries or datasets
 * than those it is measured on. `oracle`: tuned on the test queries, shown, never claimable.
 */
export type AlphaChoice = "fixed" | "cross-fitted" | "oracle";

/** What decides whether two cells may be compared at all. */
export type ValueOrigin = {
  readonly dataset: string;
  readonly policyHash: string;
  readonly qrelsSha256: string;
};

/** One system's value of one measure for every judged query of a dataset. */
export type SystemValues = ValueOrigin & {
  readonly system: string;
  readonly values: ReadonlyMap<QueryId, number>;
  /** Absent where the system has no alpha. */
  readonly alphaChoice?: AlphaChoice | undefined;
};

/** Lower and upper end. A pair as it stands in JSON. */
export type Interval = readonly [low: number, high: number];

/** How a p value was counted. */
export type Draws = {
  /** Sign patterns that were looked at. */
  readonly draws: number;
  /** Whether they were all there are, each once. */
  readonly exact: boolean;
};

/** What a caller may choose. */
export type ProtocolOptions = {
  readonly seed: number;
  /** Sign patterns of a randomization test that is too large to be exact; at least 1. */
  readonly draws: number;
  /** Bootstrap resamples; at least 1. */
  readonly resamples: number;
  /** Confidence of the intervals, above 0 and below 1: 0.95 for 95 %. */
  readonly level: number;
};

/** How a comparison was made; equal protocols and values give equal bytes. */
export type Protocol = ProtocolOptions & {
  /** Name and version of the random number generator. */
  readonly generator: string;
};

/** Two systems, A and B, on the same queries of one dataset. Differences are A - B. */
export type Comparison = {
  readonly n: number;
  readonly meanA: number;
  readonly meanB: number;
  readonly difference: number;
  /** Two-sided paired randomization test on the mean difference, the primary test. */
  readonly pRandomization: number;
  /** Student's paired t test; null where all differences are the same and not zero. */
  readonly pT: number | null;
  /** Paired bootstrap, BCa. */
  readonly interval: Interval;
  /** Mean difference over the standard deviation of differences; null where they do not vary. */
  readonly dz: number | null;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Smallest true difference that the t test would find with probability .8; null where differences do not vary. */
  readonly mde: number | null;
  /** Difference as a fraction of B's mean; null where that is 0. */
  readonly relative: number | null;
  /** Student's t; null as `pT`. Degrees of freedom are n - 1. */
  readonly t: number | null;
  readonly tInterval: Interval;
  /** Wilcoxon's signed-rank test; null unless asked for. */
  readonly pWilcoxon: number | null;
  /** `dz` with Hedges' small-sample correction. */
  readonly hedges: number | null;
  /** Share of queries that A wins, ties counted half. */
  readonly superiority: number;
  readonly systemA: string;
  readonly systemB: string;
  readonly dataset: string;
  readonly randomization: Draws;
  readonly protocol: Protocol;
  /** Sentences that every report of the comparison must carry. */
  readonly notes: readonly string[];
};

/** Two systems over several datasets, as one number each. */
export type PooledComparison = {
  readonly meanA: number;
  readonly meanB: number;
  readonly difference: number;
  readonly pRandomization: number;
  readonly interval: Interval;
  readonly relative: number | null;
  readonly randomization: Draws;
};

export type DatasetsComparison = {
  readonly datasets: number;
  /** Queries of all datasets. */
  readonly n: number;
  /** Mean of the datasets' means: every dataset counts the same. */
  readonly macro: PooledComparison;
  /** Mean over all queries: a dataset counts as often as it has queries. */
  readonly micro: PooledComparison;
  readonly protocol: Protocol;
  readonly notes: readonly string[];
};

/** Which test's p values a family corrects: the randomization test, or Student's paired t test. */
export type ComparisonTest = "randomization" | "paired-t";

/** What makes up for many tests: see docs/semantics.md. */
export type Correction = "holm" | "bonferroni" | "bh" | "maxT" | "none";

/** `pCorrected` belongs to the test that was declared. */
type FamilyRow = { readonly comparison: Comparison; readonly pCorrected: number };

/** Comparisons that were declared together. */
export type FamilyComparison = {
  readonly correction: Correction;
  /** In the order of the members; the family's size is their number. */
  readonly rows: readonly FamilyRow[];
};

/** One alpha of a curve. Differences are to the base. */
export type CurvePoint = {
  readonly alpha: number;
  readonly mean: number;
  readonly difference: number;
  /**
   * BCa interval of the difference at this alpha alone. The band of these intervals holds a single point with their
   * confidence, not the whole curve.
   */
  readonly interval: Interval;
};

/** Whether a candidate may replace its baseline. */
export type GateVerdict = {
  readonly verdict: "pass" | "regress" | "inconclusive";
  /** Why, as sentences without a place. */
  readonly reasons: readonly string[];
};

/** Agreement of two rankings of one query; null where it is not defined. */
type RankAgreement = { readonly tau: number | null; readonly rbo: number | null };

/** Two runs, query by query. */
export type RunAgreement = {
  /** Means over the queries that have the value; null where none has. */
  readonly mean: RankAgreement;
  /** Queries that both runs have, ascending by id. */
  readonly perQuery: ReadonlyMap<QueryId, RankAgreement>;
  /** Queries that one run has and the other lacks; they are left out. */
  readonly onlyA: number;
  readonly onlyB: number;
};
