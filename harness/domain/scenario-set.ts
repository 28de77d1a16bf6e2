import type { ViewCollection } from "./view.ts";

/** How much of a corpus the scenarios cover; printed beside every SPIKE row, because it bounds the result. */
export type ScenarioCoverage = {
  readonly documents: number;
  /** Documents with at least one scenario that is not noise. */
  readonly covered: number;
  /** Documents whose only scenarios are marked as noise. */
  readonly noise: number;
  /** Documents for which generation or parsing failed. */
  readonly failed: number;
  /** Scenario rows that name a document outside the corpus; they are not indexed. */
  readonly foreign: number;
  /** Entries that failed or are blank, of documents that have other scenarios; absent where there is none. */
  readonly dropped?: number | undefined;
  readonly scenarios: number;
  /** Scenarios per covered document; all 0 when none is covered. */
  readonly perDocument: { readonly min: number; readonly median: number; readonly max: number };
};

/** The scenarios of a corpus, stored in document order. */
export type ScenarioSet = {
  readonly views: ViewCollection;
  /** Document row `d` owns scenario rows `offsets[d]` up to, not including, `offsets[d + 1]`; length documents + 1. */
  readonly offsets: Int32Array;
  /** 1 where a scenario says that its document is noise; one entry a scenario row. */
  readonly noise: Uint8Array;
  readonly coverage: ScenarioCoverage;
};
