import type { GenerationForecast } from "./generation.ts";

/** Cost of scoring: `toEncode` texts are not cached yet; bytes are those of the index in memory and of new cache files. */
export type ScoreEstimate = {
  readonly texts: number;
  readonly toEncode: number;
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

/** Work that the cells of one retriever and dataset share. */
export type GroupForecast = ScoreEstimate & {
  readonly retriever: string;
  readonly dataset: string;
  readonly queries: string;
};

export type PlanForecast = {
  readonly name: string;
  readonly cells: readonly CellForecast[];
  readonly groups: readonly GroupForecast[];
  /** Scenario sets of which an LLM has yet to write a part; scenarios that are not written are in no other figure. */
  readonly generations: readonly GenerationForecast[];
};
