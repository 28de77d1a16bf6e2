import type { CellAxes } from "./cell-axes.ts";
import type { ExpansionSummary } from "./expansion.ts";
import type { Policy } from "./policy.ts";
import type { ScenarioCoverage } from "./scenario-set.ts";
import type { ExperimentComparison } from "./spike-comparison.ts";

/** How many queries a mean is over. `judged` is the denominator; a missing query counts as 0. */
export type QueryCounts = {
  /** Queries with at least one judgement. */
  readonly judged: number;
  /** Judged queries that the run answered. */
  readonly answered: number;
  /** Judged queries without a ranking. */
  readonly missing: number;
  /** Queries of the run that have no judgements; they are left out. */
  readonly unjudged: number;
};

/** Texts of which a retriever's encoder read only a part, each as often as it occurs. */
export type TruncatedTexts = {
  /** The cell's, or a member of it that merges rankings. */
  readonly retriever: string;
  readonly documents: number;
  readonly scenarios: number;
  readonly queries: number;
};

/** Outcome of one cell. `values` are means by measure, empty for a failed cell. */
export type CellResult = CellAxes & {
  /** Name of the system without white space, the run file's tag. */
  readonly system: string;
  readonly status: "done" | "failed";
  readonly error: string | null;
  /** Path of the run file, relative to the result file. */
  readonly run: string | null;
  readonly runSha256: string | null;
  readonly values: Readonly<Record<string, number>>;
  readonly counts: QueryCounts | null;
  /** Empty where all was read; for a failed cell nothing is known. */
  readonly truncated: readonly TruncatedTexts[];
};

/** A dataset as it was loaded. */
export type DatasetSummary = {
  readonly id: string;
  readonly documents: number;
  readonly queries: number;
  readonly judgements: number;
  /** Where the files are from: `owner/name@commit`, an archive's digest, or `folder`. */
  readonly origin: readonly string[];
  readonly corpusSha256: string;
  readonly qrelsSha256: string;
  readonly policy: Policy;
  readonly policyHash: string;
  /** What was dropped, kept although odd, or counted, as sentences; empty when nothing was. */
  readonly notes: readonly string[];
};

/** Datasets that are averaged with equal weight under one name. A member is a dataset or a group that stands before. */
export type DatasetGroup = { readonly name: string; readonly members: readonly string[] };

export type ScenarioSummary = ScenarioCoverage & {
  readonly name: string;
  readonly dataset: string;
  readonly contentHash: string;
};

/** What `result.json` holds: no time, no host, so equal inputs give equal bytes. */
export type ExperimentResult = {
  readonly schemaVersion: 2;
  /** sha256 of the canonical JSON of the rest. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly measures: readonly string[];
  /** The alpha declared before the run, at which SPIKE is compared with its base. */
  readonly declaredAlpha: number | null;
  readonly datasets: readonly DatasetSummary[];
  readonly groups: readonly DatasetGroup[];
  /** Whether datasets under different policies may be averaged (`--allow-mixed`). */
  readonly allowMixed: boolean;
  readonly scenarios: readonly ScenarioSummary[];
  /** Query sets that were expanded; absent when none was. */
  readonly expansions?: readonly ExpansionSummary[] | undefined;
  /** Sentences that every report of the result must carry, e.g. what a fusion preset implies. */
  readonly notes: readonly string[];
  readonly cells: readonly CellResult[];
  /** SPIKE against its base; null where the matrix has base cells only. */
  readonly comparison: ExperimentComparison | null;
};
