/** What generating costs before anything is asked. Tokens are estimates; so is all that follows from them. */
export type GenerationEstimate = {
  readonly documents: number;
  /** Documents whose answer, or failure, is kept from before. */
  readonly kept: number;
  /** Requests to come; documents with the same text share one. */
  readonly toAsk: number;
  /** Documents that are cut to the token limit. */
  readonly truncated: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** `measured` on the answers that are kept, or `assumed` when there are none. */
  readonly answerLength: "measured" | "assumed";
  /** USD spent on what is kept, and USD to come; undefined without prices or counts. */
  readonly spentUsd: number | undefined;
  readonly usd: number | undefined;
  /** Undefined unless the speed of the servers is given. */
  readonly seconds: number | undefined;
};

/** A scenario set of a run file that an LLM writes, before it is written. */
export type GenerationForecast = GenerationEstimate & {
  readonly scenarios: string;
  readonly dataset: string;
  readonly model: string;
};
