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
