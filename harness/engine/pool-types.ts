import type { Keys } from "./order-keys.ts";
import type { SharedBars } from "./shared-bars.ts";
import type { Sweep, Weights } from "./types.ts";

/** An entry of a pool: row, row of the best scenario, own score and folded score, both as the bits of a float32. */
export const ROW = 0;
export const SCENARIO_ROW = 1;
export const OWN = 2;
export const FOLDED = 3;
/** 32-bit values an entry; side by side, because they are used together. */
export const WORDS = 4;

/** A row that may be a hit, with all that its fused scores are made of. */
export type Candidate = {
  readonly row: number;
  /** Its own score. */
  readonly own: number;
  /** Folded score of its scenarios, meaningless where `scenarioRow` is -1. */
  readonly folded: number;
  /** Row of its best scenario; -1 for a row without one. */
  readonly scenarioRow: number;
};

export type PoolOptions = {
  /** How many hits a query gets at every pair of weights, by query; at least 1. */
  readonly depths: Int32Array;
  readonly weights: readonly Weights[];
  readonly missing: Sweep["missing"];
  /** Tie rank of every row that may be offered, each at most once a query. */
  readonly ties: Int32Array;
  /** Bars that other threads have found, if there are any. */
  readonly shared?: SharedBars | undefined;
  /** Floors up to here say nothing, because a fused score may lie above both channels; -Infinity where none does. */
  readonly leastFloor: number;
};

/**
 * What may still become a hit, one pool a query. A pool keeps every row that is among the best at some pair of weights, so
 * a row is stored once, not once for each of them, and is turned down after a few comparisons once the bars are up.
 * Which rows become hits does not depend on the order in which they came.
 */
export type CandidatePools = PoolOptions & {
  /** Weights of the two channels, by pair. */
  readonly pairs: number;
  readonly document: Float64Array;
  readonly scenario: Float64Array;
  /** What a row without scenarios is weighed by: its own score counts in full, or as the document's weight says. */
  readonly alone: Float64Array;
  /** Pool `q` has room for entries `starts[q]` to `starts[q + 1]` and holds `sizes[q]`; at `limits[q]` it is pruned. */
  readonly starts: Int32Array;
  readonly sizes: Int32Array;
  readonly limits: Int32Array;
  /** By query: after how many new entries the pool is pruned. */
  readonly rounds: Int32Array;
  readonly entries: Int32Array;
  readonly floats: Float32Array;
  /** By query and pair of weights: what a row has to come before to be a hit. Bars only rise. */
  readonly bars: { readonly scores: Float64Array; readonly ranks: Int32Array };
  /** By query: a row both of whose channels lie below it is no hit at any weights. */
  readonly floors: Float64Array;
  readonly keys: Keys;
  readonly kept: Uint8Array;
};
