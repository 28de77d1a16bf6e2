import type { ProductBackend } from "./block-product.ts";
import { poolCapacity } from "./candidate-pools.ts";
import { WORDS } from "./pool-types.ts";
import type { SearchRequest } from "./types.ts";

/** How a request is carried out; no answer depends on it. */
export type PassPlan = {
  readonly blocks: Int32Array;
  readonly blockRows: number;
  /** Queries `first` to `first + count` share a pass. */
  readonly passes: readonly { readonly first: number; readonly count: number }[];
};

export type PlanOptions = {
  readonly threads: number;
  readonly maxBytes: number;
};

/** Rows of a block: enough that a call of the product is worth it, few enough that its scores stay in the cache. */
const ROWS = { most: 1024, least: 64 };
/** A wider tile gains nothing, and its block would leave the cache. */
const WIDEST_TILE = 256;
/** 32-bit values a score, at most: the score, a product's own copy of it, and where it was found. */
const SCORE_WORDS = 4;
/** Blocks for each thread, at least, so that none waits long for the last one. */
const BLOCKS_PER_THREAD = 8;
/** What a typed array's position may need, with room to spare. */
const MOST_ENTRIES = 2 ** 31 / WORDS;
const ENTRY_BYTES = WORDS * Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT;

/**
 * Blocks of whole documents with their scenarios, and as many queries a pass as fit into memory; at least one, and at least
 * the largest document, whatever the bound.
 */
export function planPasses(request: SearchRequest, { threads, maxBytes }: PlanOptions): PassPlan {
  const { documents, scenarios, queries } = request;
  const count = documents.vectors.count;
  const offsets = scenarios?.offsets;
  const rowsTo = (document: number) => document + (offsets?.[document] ?? 0);
  let largest = 1;
  for (let row = 0; row < count; row++) largest = Math.max(largest, rowsTo(row + 1) - rowsTo(row));
  const rowBytes = (queries.dim + SCORE_WORDS * WIDEST_TILE) * Float32Array.BYTES_PER_ELEMENT;
  const blockBytes = (rows: number) => threads * rows * rowBytes;
  let rows = Math.min(ROWS.most, Math.max(ROWS.least, Math.ceil(rowsTo(count) / (BLOCKS_PER_THREAD * threads))));
  while (rows > ROWS.least && blockBytes(rows) > maxBytes / 2) rows = Math.ceil(rows / 2);
  rows = Math.max(rows, largest);

  const { bytes, entries } = queryCost(request, threads);
  const affordable = Math.floor(Math.min((maxBytes - blockBytes(rows)) / bytes, MOST_ENTRIES / entries));
  const turns = Math.ceil(queries.count / Math.max(1, affordable));
  const share = Math.ceil(queries.count / Math.max(1, turns));
  const passes = Array.from({ length: turns }, (_, turn) => ({
    first: turn * share,
    count: Math.min(share, queries.count - turn * share),
  }));
  return { ...cutBlocks(count, rows, rowsTo), passes: passes.filter((pass) => pass.count > 0) };
}

/** Documents in blocks of at most `most` rows. */
function cutBlocks(count: number, most: number, rowsTo: (document: number) => number) {
  const starts = [0];
  let blockRows = 0;
  for (let end = 1; end <= count; end++) {
    const start = starts.at(-1) ?? 0;
    if (end < count && rowsTo(end + 1) - rowsTo(start) <= most) continue;
    starts.push(end);
    blockRows = Math.max(blockRows, rowsTo(end) - rowsTo(start));
  }
  return { blocks: Int32Array.from(starts), blockRows };
}

/** What one more query takes: pool entries of a thread, and bytes in all. */
function queryCost({ documents, scenarios, queries, sweeps = [], cuts = [], scores }: SearchRequest, threads: number) {
  const counts = { document: documents.vectors.count, scenario: scenarios?.vectors.count ?? 0 };
  const pools = [
    ...sweeps.map(({ k, weights }) => ({ depth: k, rows: counts.document, lists: weights.length })),
    ...cuts.flatMap(({ depths }) =>
      (["document", "scenario"] as const).map((channel) => ({
        depth: Math.max(...depths.map((depth) => depth[channel])),
        rows: counts[channel],
        lists: 1,
      })),
    ),
  ];
  let bytes = queries.dim * Float32Array.BYTES_PER_ELEMENT;
  let entries = 1;
  for (const { depth, rows, lists } of pools) {
    const capacity = poolCapacity(depth, lists, rows);
    const kept = lists * Math.min(depth, rows);
    // pools and lists of every thread, the merged lists, and the answers made of these
    bytes += (threads * (capacity + kept) + 2 * kept) * ENTRY_BYTES;
    entries += capacity;
  }
  // every thread writes into the same rows
  if (scores === true) bytes += (counts.document + counts.scenario) * Float32Array.BYTES_PER_ELEMENT;
  return { bytes, entries };
}

/** Width of the tiles for so many queries: as few tiles as can be, as even as can be. */
export function tileWidth(count: number, { least, step }: ProductBackend["tile"]): number {
  const tiles = Math.max(1, Math.ceil(count / WIDEST_TILE));
  return Math.max(least, Math.ceil(Math.ceil(count / tiles) / step) * step);
}
