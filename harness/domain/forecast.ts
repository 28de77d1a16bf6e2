import type { VectorPrecision } from "./embeddings.ts";
import type { ExpansionForecast, GenerationForecast } from "./generation.ts";
import type { Policy } from "./policy.ts";

/** Cost of scoring on one dataset; bytes are those of the index in memory and of new cache files. */
export type ScoreEstimate = {
  /** Documents, scenarios and queries that are taken in. */
  readonly texts: number;
  /** Those whose vector is stored. */
  readonly cached: number;
  /** Distinct texts that have to be encoded and that nothing earlier in the plan encodes. */
  readonly toEncode: number;
  /** Tokens of these as the model reads them, estimated. */
  readonly tokens: number;
  readonly vectors: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
};

/** A cell as `spikebench plan` shows it. `partial`: its run file is there, or some of its vectors are. */
export type CellForecast = {
  readonly system: string;
  readonly dataset: string;
  readonly forecast: "hit" | "partial" | "run";
  readonly why: string;
};

/** Work that the unfinished cells of one retriever and dataset share. */
export type GroupForecast = Omit<ScoreEstimate, "toEncode" | "tokens"> & {
  readonly retriever: string;
  readonly dataset: string;
  /** Names of the query sets. */
  readonly queries: readonly string[];
  /** `null` for a retriever without vectors. */
  readonly encoding: EncodingForecast | null;
};

export type EncodingForecast = {
  readonly toEncode: number;
  readonly tokens: number;
  /** At the speed of earlier runs; `null` where there was none. */
  readonly minutes: number | null;
  /** `null` where no price is known, also for an encoder that works here. */
  readonly usd: number | null;
};

/** Sums over groups with vectors. `null` when no group has the figure; else how many have none is said beside it. */
export type EncodingTotal = EncodingForecast & {
  /** Groups with texts to encode whose minutes are not known. */
  readonly withoutMinutes: number;
  /** The same of the price; an encoder that works here needs none. */
  readonly withoutUsd: number;
};

/** How a role's texts are put before a model. */
export type FormForecast = {
  /** What `{text}` stands for: a document as the policy composes it, `{title} {text}` without the title where it has none. */
  readonly text: Policy["docText"];
  readonly template: string;
  /** Tokens that the model reads at most, instruction included; `null` where there is no limit or it is not known. */
  readonly maxTokens: number | null;
};

/** What turns texts into vectors for a retriever on a dataset. */
export type EncoderForecast = {
  readonly retriever: string;
  readonly dataset: string;
  /** Everything besides forms and texts that changes a vector, as JSON. */
  readonly identity: unknown;
  readonly storage: VectorPrecision;
  readonly forms: Readonly<Record<"document" | "scenario" | "query", FormForecast>>;
  /** Where forms and settings come from, where the encoder says so. */
  readonly origins: readonly string[];
  /** How tokens are estimated. */
  readonly tokenEstimate: string;
  /** Measured by earlier runs; `null` before the first. Tokens are estimated ones. */
  readonly throughput: { readonly textsPerSecond: number; readonly tokensPerSecond: number } | null;
  /** Whether it works elsewhere, for money perhaps. */
  readonly served: boolean;
  readonly price: {
    readonly usdPerMillionTokens: number;
    readonly source: string;
    readonly date: string | null;
  } | null;
};

export type PlanForecast = {
  readonly name: string;
  readonly cells: readonly CellForecast[];
  readonly encoders: readonly EncoderForecast[];
  readonly groups: readonly GroupForecast[];
  /** `null` when no group has vectors. */
  readonly total: EncodingTotal | null;
  /** Scenario sets of which an LLM has yet to write a part; scenarios that are not written are in no other figure. */
  readonly generations: readonly GenerationForecast[];
  /** The same of query sets that an LLM expands. */
  readonly expansions: readonly ExpansionForecast[];
};
