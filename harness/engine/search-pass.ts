import type { RankedLists } from "./ranked-lists.ts";
import type { ScoreScan } from "./score-scan.ts";
import type { Cut, RankedVectors, ScenarioVectors, Sweep } from "./types.ts";

/**
 * One walk over all vectors for some of the queries: everything that a thread needs to know, as plain data whose arrays
 * the threads share.
 */
export type SearchPass = {
  readonly documents: RankedVectors;
  readonly scenarios: ScenarioVectors | undefined;
  readonly queries: PassQueries;
  /** Document rows at which the blocks begin, and the end; a block is these documents and their scenarios. */
  readonly blocks: Int32Array;
  /** Rows of the largest block, documents and scenarios together. */
  readonly blockRows: number;
  /** Excluded rows of query `q` are `rows[starts[q]]` up to, not including, `rows[starts[q + 1]]`, ascending. */
  readonly excluded: { readonly starts: Int32Array; readonly rows: Int32Array };
  /** Each with the bars of its lists, as `sharedBars` takes them. */
  readonly sweeps: readonly { readonly sweep: Sweep; readonly bars: Int32Array }[];
  /** Their depths are those of the pass's queries. */
  readonly cuts: readonly Cut[];
  /** Where whole score rows go, query by query; undefined unless they are asked for. */
  readonly scores: { readonly document: Float32Array; readonly scenario: Float32Array } | undefined;
  /** The next block to take; a number past the last one stops all threads. */
  readonly next: Int32Array;
};

/** Lets no thread take another block. */
export function stopPass({ next, blocks }: SearchPass): void {
  Atomics.store(next, 0, blocks.length);
}

/** Queries in tiles of equal width, because the bits of a product may depend on the width; the last tile ends in zeros. */
export type PassQueries = {
  readonly count: number;
  readonly dim: number;
  readonly width: number;
  /** `width * dim` values a tile. */
  readonly tiles: Float32Array;
};

/** What one thread found in the blocks that it took. */
export type PassPart = {
  readonly sweeps: readonly RankedLists[];
  readonly cuts: readonly { readonly documents: RankedLists; readonly scenarios: RankedLists }[];
};

/** Scores of one block's rows and one tile's queries. */
export type ScoredBlock = {
  readonly firstDocument: number;
  readonly documents: number;
  readonly firstScenario: number;
  readonly scenarios: number;
  /** Position of the tile's first query in the pass, and how many it has. */
  readonly firstQuery: number;
  readonly queries: number;
  /** `width` scores a row: first the documents' rows, then those of their scenarios. */
  readonly scores: Float32Array;
  readonly width: number;
  /** Looks at those scores. */
  readonly scan: ScoreScan;
};

/** Takes in scored blocks, in any order, and gathers an answer. */
export type Collector<Found> = { take(block: ScoredBlock): void; finish(): Found };
