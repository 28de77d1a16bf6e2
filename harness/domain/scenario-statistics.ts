import type { ScenarioCoverage } from "./scenario-set.ts";

/** Least, median, mean and greatest of some numbers; all 0 for none. */
export type Spread = {
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly max: number;
};

/**
 * How much of the test queries' wording the scenarios repeat. A share is of a query's distinct words, averaged over the
 * judged pairs of a query and a relevant document that has scenarios. Scenarios that hold more of the queries' words than the
 * documents themselves, or runs of words that only a query has, may have been written by somebody who knew the queries.
 */
export type QueryOverlap = {
  readonly pairs: number;
  /** Share of the words found in the scenarios of the relevant document, null without pairs; as the next two. */
  readonly inScenarios: number | null;
  /** In the text of the relevant document. */
  readonly inDocument: number | null;
  /** In the scenarios of the document of the pair half way round, so most likely of another query: what words alone explain. */
  readonly inOtherScenarios: number | null;
  /** Words in a row that count as wording; shorter queries count as a whole, down to `shortestQuery`. */
  readonly run: number;
  readonly shortestQuery: number;
  /** Queries long enough for it, and of them those with a run in a scenario whose own document lacks it. */
  readonly queries: number;
  readonly repeated: readonly { readonly query: string; readonly document: string; readonly words: string }[];
};

/** What a scenario set holds. Lengths in UTF-16 units. */
export type ScenarioStatistics = {
  readonly coverage: ScenarioCoverage;
  /** Documents by number of their scenarios. */
  readonly documentsByCount: Readonly<Record<string, number>>;
  /** Scenarios whose text another one before has: of the same document, and of any. */
  readonly duplicates: { readonly sameDocument: number; readonly any: number };
  readonly lengths: Readonly<Record<string, Spread>>;
  readonly overlap: QueryOverlap;
};
