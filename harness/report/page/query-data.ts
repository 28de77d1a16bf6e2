/** What the script of a page reads: queries of one dataset, with texts that can be shown as they are. */
export type QueryData = {
  readonly measures: readonly string[];
  readonly systems: readonly ViewSystem[];
  readonly queries: readonly ViewQuery[];
  /** By place; hits and judgements name documents by it. A text that is not at hand is null. */
  readonly documents: readonly ViewDocument[];
  readonly scenarios: readonly (string | null)[];
};

/** `choice`: how the alpha of SPIKE's rankings came about; null where there are none. */
type ViewSystem = { readonly name: string; readonly choice: "fixed" | "cross-fitted" | null };

export type ViewDocument = readonly [id: string, text: string | null];

export type ViewQuery = {
  readonly id: string;
  readonly text: string;
  readonly words: number;
  /** Relevant documents that are listed, as document and grade, and how many there are in all. */
  readonly gold: readonly (readonly [document: number, grade: number])[];
  readonly relevant: number;
  /** By system; null where a system's base has no values. */
  readonly answers: readonly (ViewAnswer | null)[];
};

export type ViewAnswer = {
  readonly base: ViewRanking;
  readonly spike: ViewRanking | null;
  readonly alpha: number | null;
};

export type ViewRanking = {
  /** By measure. */
  readonly values: readonly number[];
  readonly hits: readonly ViewHit[];
  /** Of the listed relevant documents; 0 for one that was not found. */
  readonly goldRanks: readonly number[];
};

/** Scores have six significant digits. A hit without channels has the first two alone; `scenario` is -1 where none counts. */
export type ViewHit =
  | readonly [document: number, score: number]
  | readonly [document: number, score: number, documentScore: number, scenarioScore: number | null, scenario: number];
