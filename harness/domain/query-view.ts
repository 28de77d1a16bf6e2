import type { DocId, QueryId } from "./ids.ts";

/** A hit as a reader looks at it. Ranks count from 1. */
export type ViewedHit = {
  readonly rank: number;
  readonly docId: DocId;
  readonly score: number;
  /** Grade of a relevant document; null for any other, and where judgements are not at hand. */
  readonly grade: number | null;
  /** The beginning of its text, where it is at hand. */
  readonly text: string | null;
  /** Where the ranking without scenarios has it; null where it has not, and in that ranking itself. */
  readonly baseRank: number | null;
  /** Raw scores by channel; null where none were fused. */
  readonly channels: {
    readonly document: number;
    /** The best scenario of the document; null where it has none that counts. */
    readonly scenario: { readonly id: string; readonly score: number; readonly text: string | null } | null;
  } | null;
};

/** One retriever's answers to a query, with and without scenarios. */
export type ViewedSystem = {
  readonly retriever: string;
  readonly dataset: string;
  readonly querySet: string;
  readonly base: readonly ViewedHit[];
  readonly baseValues: Readonly<Record<string, number>>;
  /**
   * Every relevant document and where it stands, `baseRank` without scenarios and `rank` with them; a rank is null where
   * there is none. Null where judgements are not at hand.
   */
  readonly relevant:
    | readonly {
        readonly docId: DocId;
        readonly grade: number;
        readonly baseRank: number | null;
        readonly rank: number | null;
      }[]
    | null;
  /** Null where there are no scenarios. */
  readonly spike: {
    readonly scenarios: string;
    readonly fusion: string;
    readonly alpha: number;
    readonly hits: readonly ViewedHit[];
    readonly values: Readonly<Record<string, number>>;
  } | null;
};

/** Everything a result tells of one query. */
export type QueryView = {
  readonly query: QueryId;
  /** By dataset and query set; empty where texts are not at hand. */
  readonly texts: readonly { readonly dataset: string; readonly querySet: string; readonly text: string }[];
  readonly systems: readonly ViewedSystem[];
  /** Sentences on what is not shown. */
  readonly notes: readonly string[];
};
