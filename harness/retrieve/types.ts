import type { z } from "zod";
import type { Component, Fragment } from "../component.ts";
import type { SearchedCorpus } from "../domain/dataset.ts";
import type { VectorPrecision } from "../domain/embeddings.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import type { QueryText } from "../domain/query.ts";
import type { ViewCollection, ViewRole } from "../domain/view.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import type { EmbeddingCache } from "../encode/embedding-cache.ts";
import type { Encoder, EncoderServices } from "../encode/types.ts";
import type { Answer, Engine, SearchQuestions } from "../engine/types.ts";
import type { Json } from "../storage/content-hash.ts";
import type { IndexCache } from "./index-cache.ts";

/** A retriever scores the documents of a corpus, and their scenarios, for queries. */
export type Retriever = {
  /** True when a score of 0 says that query and view have nothing in common: such documents are not returned. */
  readonly zeroMeansNoMatch: boolean;
  /** Tells the retriever its dataset. Finds out its identity; the work is done by what comes after. */
  open(dataset: SearchedCorpus): Promise<OpenedRetriever>;
};

/** What is asked of a corpus, and of a scenario set beside it if there is one. */
export type SearchTask = {
  readonly documents: ViewCollection;
  /** `tieRanks` of the documents. */
  readonly ties: Int32Array;
  readonly scenarios?: { readonly views: ViewCollection; readonly layout: ViewLayout } | undefined;
  readonly queries: readonly QueryText[];
  /** Ascending document rows that may not be returned, by query. */
  readonly excluded: readonly Int32Array[];
  /** A retriever that does not rank is asked for scores alone. */
  readonly questions: SearchQuestions;
  readonly signal?: AbortSignal | undefined;
  readonly watch?: SearchWatch | undefined;
};

/** Told how far a search is: texts made ready to be searched, then vectors read (first for feedback), of all there are. */
export type SearchWatch = (
  stage: "documents" | "scenarios" | "feedback" | "search",
  done: number,
  total: number,
) => void;

/** Everything that the cells of a dataset have a retriever score, each collection once. */
export type EstimateRequest = {
  readonly corpus: ViewCollection;
  readonly scenarioSets: readonly ViewCollection[];
  readonly querySets: readonly (readonly QueryText[])[];
  /** As `EncodingRequest` has it. */
  readonly isNew: (key: string) => boolean;
  readonly signal?: AbortSignal | undefined;
};

/** Some texts of a corpus, of a scenario set or of a query set. */
export type EncodeTask = (
  | { readonly role: ViewRole; readonly views: ViewCollection }
  | { readonly role: "query"; readonly queries: readonly QueryText[] }
) & {
  readonly signal?: AbortSignal | undefined;
  /** Told of so many texts that have a vector now. */
  readonly onProgress?: ((done: number) => void) | undefined;
};

/** How a retriever makes vectors, and how many bits they keep. */
export type VectorSource = { readonly encoder: Encoder; readonly storage: VectorPrecision };

export type OpenedRetriever = {
  /** Everything that changes a score besides views and queries, as canonical-JSON data: a cell is known by it. */
  readonly identity: Json;
  /** Undefined for a retriever without vectors. */
  readonly vectors?: VectorSource | undefined;
  /** What computes with the vectors: its identity, and what every report on it must say. */
  readonly engine?: { readonly identity: Json; readonly notes: readonly string[] } | undefined;
  /** Whether it answers every question of a search; if not, it gives whole score rows only. */
  readonly ranks: boolean;
  /** Whether the best documents of parts of a corpus, merged, are those of the whole; only for one that ranks. */
  readonly divisible: boolean;
  /**
   * Makes and keeps vectors that its searches will need, so that several processes can share the work; undefined for a
   * retriever without vectors. Returns how many texts had to be encoded.
   */
  readonly encode?: ((task: EncodeTask) => Promise<number>) | undefined;
  /** What its searches would have to do, without doing it. */
  estimate(request: EstimateRequest): Promise<ScoreEstimate>;
  /** Makes all texts ready to be searched; the search itself is done as the answers are drawn. */
  search(task: SearchTask): Promise<Search>;
};

export type Search = {
  /** Texts that had to be encoded anew for it. */
  readonly encoded: number;
  /** Texts of which only a part was read, each as often as it occurs. */
  readonly truncated: { readonly documents: number; readonly scenarios: number; readonly queries: number };
  /** In the order of the queries; an answer is valid until the next is drawn. */
  readonly answers: AsyncIterable<SearchAnswer>;
};

export type SearchAnswer = Answer & {
  /** Where a score of 0 means no match: the documents that match, in no order. Undefined where every document has a score. */
  readonly matched?: Int32Array | undefined;
};

export type RetrieverServices = EncoderServices & {
  readonly embeddings: EmbeddingCache;
  /** The engine of that fragment, started when it is first asked for; who hands out engines closes them. */
  readonly engine: (fragment: Fragment) => Promise<Engine>;
  /** Keeps inverted indexes between runs; without it they are built each time. */
  readonly indexes?: IndexCache | undefined;
};

/** Keeps literal types; one call per retriever file. */
export function defineRetriever<const Kind extends string, Options extends z.ZodType>(
  retriever: Component<Kind, Options, Retriever, RetrieverServices>,
): Component<Kind, Options, Retriever, RetrieverServices> {
  return retriever;
}
