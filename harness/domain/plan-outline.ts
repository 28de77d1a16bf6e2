import type { ExpansionForecast } from "./generation.ts";

/** What a run would take as far as the cards of its datasets tell, where data is not here. */
export type PlanOutline = {
  readonly name: string;
  readonly cells: number;
  /** Why there is no more to say: which data is missing, and the command that fetches it. */
  readonly missing: string;
  readonly datasets: readonly DatasetOutline[];
  /** Retrievers that make vectors. */
  readonly encoding: readonly string[];
  /** Scenario sets that a model writes: a request for every document. */
  readonly generations: readonly { readonly scenarios: string; readonly model: string }[];
  readonly expansions: readonly ExpansionForecast[];
};

/** Figures are `null` where the card has none. Tokens are the characters that the card counts, divided by four. */
export type DatasetOutline = {
  readonly dataset: string;
  readonly documents: number | null;
  readonly documentTokens: number | null;
  /** Of all query sets together. */
  readonly queries: number | null;
};
