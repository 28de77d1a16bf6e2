/** What asking a model many times costs before anything is asked. Tokens are estimates; so is all that follows from them. */
export type CompletionEstimate = {
  /** Prompts whose answer, or failure, is kept from before. */
  readonly kept: number;
  /** Requests to come; equal prompts share one. */
  readonly toAsk: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** `measured` on the answers that are kept; when there are none `assumed`, or the most that an answer may have. */
  readonly answerLength: "measured" | "assumed" | "limit";
  /** USD spent on what is kept, and USD to come; undefined without prices or counts. */
  readonly spentUsd: number | undefined;
  readonly usd: number | undefined;
  /** Undefined unless the speed of the servers is given. */
  readonly seconds: number | undefined;
};

/** Of the scenarios of a corpus: a prompt for every document. */
export type GenerationEstimate = CompletionEstimate & {
  readonly documents: number;
  /** Documents that are cut to the token limit. */
  readonly truncated: number;
};

/** A scenario set of a run file that an LLM writes, before it is written. */
export type GenerationForecast = GenerationEstimate & {
  readonly scenarios: string;
  readonly dataset: string;
  readonly model: string;
};

/** Of the expansions of a query set: `samples` prompts for every query. */
export type ExpansionEstimate = CompletionEstimate & { readonly queries: number; readonly samples: number };

/** A query set of a run file that an LLM expands, before it is expanded. */
export type ExpansionForecast = Omit<ExpansionEstimate, "promptTokens"> & {
  readonly expansion: string;
  /** Where the queries were counted: in the data, or on the dataset's card, as the data is not here. */
  readonly countedOn: "data" | "card";
  /** Undefined where the queries were not read. */
  readonly promptTokens: number | undefined;
  readonly dataset: string;
  readonly model: string;
};
