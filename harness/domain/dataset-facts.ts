/** What `datasets list` says of a card or a group; absent figures are not known. */
export type DatasetFacts = {
  readonly id: string;
  readonly kind: "dataset" | "group";
  readonly documents: number | null;
  readonly queries: number | null;
  readonly judgements: number | null;
  /** A group's members. */
  readonly members: readonly string[] | null;
  /** Where its files come from: a hub repository, a zip, or null for a folder. */
  readonly source: string | null;
  /** Whether that source is fixed: a commit, or an archive with a checksum. */
  readonly pinned: boolean | null;
  readonly licence: string | null;
  readonly summary: string;
};

/** One figure of a dataset beside what its card says. */
export type CheckedFigure = {
  readonly name: string;
  readonly expected: number | null;
  readonly found: number;
  /** `unknown`: the card says nothing. */
  readonly verdict: "same" | "differs" | "unknown";
};

export type DatasetCheck = {
  readonly id: string;
  readonly figures: readonly CheckedFigure[];
  /** Where the card's text statistics come from. */
  readonly source: string | null;
  readonly notes: readonly string[];
};
