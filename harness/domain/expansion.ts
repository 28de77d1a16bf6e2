/** What became of the queries of a set that a model expands. */
export type ExpansionCoverage = {
  readonly queries: number;
  /** Queries with at least one text to expand them; the others are asked as the dataset has them. */
  readonly expanded: number;
  /** Texts that were asked for by query, and how many of them all are missing: refused, filtered, empty or not recorded. */
  readonly samples: number;
  readonly missing: number;
  /** Texts that end at the token limit of an answer; they are used as they are. */
  readonly cut: number;
  /** Texts of which a lead-in phrase or a model's thoughts were taken off. */
  readonly stripped: number;
};

/** The same of a run's expansion on a dataset, and what wrote the texts. */
export type ExpansionSummary = ExpansionCoverage & {
  /** Of the query set. */
  readonly name: string;
  readonly dataset: string;
  readonly kind: string;
  /** `null` for recorded answers. */
  readonly model: string | null;
  readonly promptSha256: string | null;
  /** Of the expanded queries. */
  readonly contentHash: string;
};
