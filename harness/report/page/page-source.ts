import type { EncodingWork } from "../../domain/encoding-work.ts";
import type { DocId, QueryId } from "../../domain/ids.ts";
import type { Judgements } from "../../domain/qrels.ts";
import type { ExperimentResult } from "../../domain/result.ts";
import type { RowKey } from "../row-groups.ts";

/** Hits of a ranking that a page shows. */
export const SHOWN_HITS = 10;

/** Everything that a page is made of; the texts are as their sources spell them. */
export type PageSource = {
  readonly result: ExperimentResult;
  /** In the order of the report's rows; without those whose base failed. */
  readonly rows: readonly ShownRow[];
  /** Empty where the texts are not at hand. */
  readonly querySets: readonly ShownQueries[];
  readonly excerpts: Excerpts | undefined;
  readonly provenance: Provenance;
  /** What the run took; it is no part of a result, so a page holds it only where it was asked for. */
  readonly work: readonly EncodingWork[] | undefined;
};

/** One retriever on one dataset, with and without scenarios, query by query. */
export type ShownRow = RowKey & {
  readonly dataset: string;
  /** How the alpha of the rankings with scenarios came about; undefined where there are none. */
  readonly choice: "fixed" | "cross-fitted" | undefined;
  readonly answers: ReadonlyMap<QueryId, ShownAnswer>;
  /** Means over the judged queries at ascending depths. */
  readonly recall: {
    readonly depths: readonly number[];
    readonly base: readonly number[];
    readonly spike: readonly number[] | undefined;
  };
};

export type ShownAnswer = {
  readonly base: ShownRanking;
  /** `alpha` is the query's own: folds may have different ones. */
  readonly spike: (ShownRanking & { readonly alpha: number }) | undefined;
};

/** The head of a ranking, its values by measure, and the ranks of the relevant documents that it holds, from 1. */
export type ShownRanking = {
  readonly values: Readonly<Record<string, number>>;
  readonly hits: readonly ShownHit[];
  readonly goldRanks: ReadonlyMap<DocId, number>;
};

export type ShownHit = {
  readonly docId: DocId;
  readonly score: number;
  /** Absent where no channels were fused; `scenario` is null where the document has none that counts. */
  readonly channels:
    | { readonly document: number; readonly scenario: { readonly id: string; readonly score: number } | null }
    | undefined;
};

/** The judged queries of a query set, in the dataset's order. */
export type ShownQueries = {
  readonly dataset: string;
  readonly querySet: string;
  readonly queries: readonly ShownQuery[];
};

/** `gold` holds positive grades alone. */
export type ShownQuery = { readonly id: QueryId; readonly text: string; readonly gold: Judgements };

/** Beginnings of texts by id; `cut` says after how many characters (UTF-16 units) they end. */
export type Excerpts = {
  readonly cut: TextCuts;
  document(dataset: string, id: DocId): string | undefined;
  /** @param set name of the scenario set */
  scenario(place: { readonly dataset: string; readonly set: string }, id: string): string | undefined;
};

export type TextCuts = { readonly queries: number; readonly documents: number; readonly scenarios: number };

/** Where the figures come from, and how to get them again. */
export type Provenance = {
  /** Of spikebench when the run was made; absent where it was not kept. */
  readonly version: string | undefined;
  /** The run file; absent where it was not kept. */
  readonly runFile: { readonly name: string; readonly text: string } | undefined;
  /** What made the vectors of each retriever and searched them, as `name value` pairs. */
  readonly retrievers: readonly {
    readonly name: string;
    readonly encoder: string | undefined;
    readonly engine: string | undefined;
  }[];
};
