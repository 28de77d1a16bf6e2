import type { z } from "zod";
import type { Component } from "../component.ts";
import type { Embeddings, StoredVectors } from "../domain/embeddings.ts";
import type { Json } from "../storage/content-hash.ts";

/** Vectors in memory or in files. Float16 files are computed with in float32. */
export type VectorSource = Embeddings | StoredVectors;

/** Rows to be ranked. The score of a row and a query is their inner product. */
export type RankedVectors = {
  readonly vectors: VectorSource;
  /** Of two rows with equal scores the one with the lower rank comes first; length `vectors.count`. */
  readonly ties: Int32Array;
};

/** Scenarios in document order: document row `d` owns scenario rows `offsets[d]` up to, not including, `offsets[d + 1]`. */
export type ScenarioVectors = RankedVectors & {
  /** Length n + 1, from 0 to the number of scenarios, never falling. */
  readonly offsets: Int32Array;
};

/** What both channels weigh, each finite and at least 0; an alpha is `{ document: alpha, scenario: 1 - alpha }`. */
export type Weights = { readonly document: number; readonly scenario: number };

/** The best documents at every pair of weights, over the whole corpus: `document * d + scenario * s`. */
export type Sweep = {
  readonly weights: readonly Weights[];
  /** Most hits per pair of weights, 1 to 10,000. */
  readonly k: number;
  /** How the scores of a document's scenarios become one; the best scenario is the matched one in every case. */
  readonly aggregate: "max" | "mean" | "topk-mean" | "sum";
  /** How many of the best scenarios `topk-mean` averages, at least 1. */
  readonly topK: number;
  /** Score of a document without a usable scenario: its own at any weights, `document * d`, or it is no hit. */
  readonly missing: "document-only" | "zero" | "drop";
  /** 1 where a scenario counts, 0 where it does not; all count when undefined; one a scenario. */
  readonly usable?: Uint8Array | undefined;
};

/** Hits of one query at one pair of weights, best first: score descending, then tie rank ascending. Parallel arrays. */
export type Hits = {
  /** Document rows. */
  readonly rows: Int32Array;
  readonly scores: Float64Array;
  readonly documentScores: Float32Array;
  /** Aggregated score of the scenarios; meaningless where `scenarioRows` is -1. */
  readonly scenarioScores: Float32Array;
  /** Row of the best scenario (the first of equals); -1 for a document without a usable one. */
  readonly scenarioRows: Int32Array;
};

/** The heads of both channels by raw score, for fusers that work on cut-off lists. */
export type Cut = {
  /** How deep each list goes, by query, each at least 1; a list may be as deep as its channel. */
  readonly depths: readonly { readonly document: number; readonly scenario: number }[];
  /** Whether excluded documents, and their scenarios, leave before the lists are cut or stay in them. */
  readonly excluded: "leave" | "stay";
  /** As in a sweep. */
  readonly usable?: Uint8Array | undefined;
};

/** Rows and their scores, best first: score descending, then tie rank ascending. Parallel arrays. */
export type RankedRows = { readonly rows: Int32Array; readonly scores: Float64Array };

/** What a request wants to know about each query; all of it comes of one pass over the vectors. */
export type SearchQuestions = {
  /** A plain ranking of the documents is a sweep of the weights `{ document: 1, scenario: 0 }`. */
  readonly sweeps?: readonly Sweep[] | undefined;
  readonly cuts?: readonly Cut[] | undefined;
  /** Asks for every score of both channels, for fusers that need whole rows. */
  readonly scores?: boolean | undefined;
};

export type SearchRequest = SearchQuestions & {
  readonly documents: RankedVectors;
  readonly scenarios?: ScenarioVectors | undefined;
  readonly queries: Embeddings;
  /** Ascending document rows that may not be returned, by query; nothing is excluded when undefined. */
  readonly excluded?: readonly Int32Array[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then: vectors read so far, of those that will be; some are read again when queries come in turns. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/** What one query was answered. */
export type Answer = {
  /** Position in the request's queries; answers come in that order. */
  readonly query: number;
  /** By sweep, then by pair of weights. */
  readonly sweeps: readonly (readonly Hits[])[];
  /** By cut; `scenarios` is empty without scenarios in the request. */
  readonly cuts: readonly { readonly documents: RankedRows; readonly scenarios: RankedRows }[];
  /** By row of its channel, when asked for. */
  readonly scores: { readonly document: Float64Array; readonly scenario: Float64Array } | undefined;
};

/** Answers queries from vectors. It knows numbers only: neither ids nor alphas nor kinds of fusion. */
export type Engine = {
  /** Kind, version and whatever else changes a score or a hit, for manifests and cache keys. */
  readonly identity: Json;
  /** What every report that uses it must say; empty means exact: no hit is missed. */
  readonly notes: readonly string[];
  /**
   * Answers every query, in order. Of an exact engine the answers do not depend on threads, on memory, on how vectors are
   * cut into blocks, or on the other queries.
   *
   * @throws {HarnessError} `DIMENSION_MISMATCH` when sizes do not fit each other, `SCORE_INVALID` for a vector or a weight
   *   that is not finite, `ENGINE_FAILED` when a worker dies, and what reading a file throws
   */
  search(request: SearchRequest): AsyncGenerator<Answer>;
  close(): Promise<void>;
};

export type EngineServices = {
  /** How many threads compute, at least 1. */
  readonly threads: number;
  /**
   * Bytes that a search may hold beside vectors that are in memory already: blocks, lists and answers. Queries come in as
   * many turns as it takes.
   */
  readonly maxBytes: number;
  /** Told in a line what a user should know: that another engine than the fastest is taken, and why. */
  readonly say?: ((line: string) => void) | undefined;
};

/** A configured engine before it is started. */
export type EngineSource = {
  /** @throws {HarnessError} `ENGINE_UNAVAILABLE` with the reason, where this machine cannot run it */
  open(): Promise<Engine>;
};

/** Keeps literal types; one call per engine file. */
export function defineEngine<const Kind extends string, Options extends z.ZodType>(
  engine: Component<Kind, Options, EngineSource, EngineServices>,
): Component<Kind, Options, EngineSource, EngineServices> {
  return engine;
}
