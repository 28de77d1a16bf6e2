import type { z } from "zod";
import type { Component } from "../component.ts";
import type { SearchedCorpus } from "../domain/dataset.ts";
import type { VectorPrecision } from "../domain/embeddings.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import type { QueryText } from "../domain/query.ts";
import type { ViewCollection, ViewRole } from "../domain/view.ts";
import type { EmbeddingCache } from "../encode/embedding-cache.ts";
import type { Encoder, EncoderServices } from "../encode/types.ts";
import type { Json } from "../storage/content-hash.ts";
import type { IndexCache } from "./index-cache.ts";

/** A retriever scores every view of a collection for every query: exact, over the whole collection. */
export type Retriever = {
  /** True when a score of 0 says that query and view have nothing in common: such documents are not returned. */
  readonly zeroMeansNoMatch: boolean;
  /** Tells the retriever its dataset. Finds out its identity; the work is done by what comes after. */
  open(dataset: SearchedCorpus): Promise<OpenedRetriever>;
};

export type ScoreRequest = {
  /** The corpus's bodies or a scenario set's texts. */
  readonly views: ViewCollection;
  readonly role: ViewRole;
  readonly queries: readonly QueryText[];
  readonly signal?: AbortSignal | undefined;
  /** Called while views are being indexed; `done` of `views.count`. */
  readonly onProgress?: ((done: number) => void) | undefined;
};

/** Everything that the cells of a dataset have a retriever score, each collection once. */
export type EstimateRequest = {
  readonly corpus: ViewCollection;
  readonly scenarioSets: readonly ViewCollection[];
  readonly querySets: readonly (readonly QueryText[])[];
  /** As `EncodingRequest` has it. */
  readonly isNew: (key: string) => boolean;
  readonly signal?: AbortSignal | undefined;
};

/** How a retriever makes vectors, and how many bits they keep. */
export type VectorSource = { readonly encoder: Encoder; readonly storage: VectorPrecision };

export type OpenedRetriever = {
  /** Everything that changes a score besides views and queries, as canonical-JSON data: a cell is known by it. */
  readonly identity: Json;
  /** Undefined for a retriever without vectors. */
  readonly vectors?: VectorSource | undefined;
  /** What `score` would have to do, without doing it. */
  estimate(request: EstimateRequest): Promise<ScoreEstimate>;
  score(request: ScoreRequest): Promise<ScoreRows>;
};

/** Scores of one collection, a row a query, computed when asked for. */
export type ScoreRows = {
  /** Texts that had to be encoded anew for it. */
  readonly encoded: number;
  /** Texts of which only a part was read, each as often as it occurs. */
  readonly truncated: { readonly views: number; readonly queries: number };
  /**
   * @param query position in `queries`
   * @returns valid until the next call, which reuses its arrays
   */
  row(query: number): ScoreRow;
};

/** What one query gives to a collection. */
export type ScoreRow = {
  /** One a view, finite. */
  readonly scores: Float64Array;
  /** Where 0 means no match: the views that match, in no order. Undefined where every view has a score. */
  readonly matched: Int32Array | undefined;
};

export type RetrieverServices = EncoderServices & {
  readonly embeddings: EmbeddingCache;
  /** Keeps inverted indexes between runs; without it they are built each time. */
  readonly indexes?: IndexCache | undefined;
};

/** Keeps literal types; one call per retriever file. */
export function defineRetriever<const Kind extends string, Options extends z.ZodType>(
  retriever: Component<Kind, Options, Retriever, RetrieverServices>,
): Component<Kind, Options, Retriever, RetrieverServices> {
  return retriever;
}
