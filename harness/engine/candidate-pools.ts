import { isBefore, selectBest } from "./order-keys.ts";
import { fuse, loadKeys } from "./pool-keys.ts";
import {
  type Candidate,
  type CandidatePools,
  FOLDED,
  OWN,
  type PoolOptions,
  ROW,
  SCENARIO_ROW,
  WORDS,
} from "./pool-types.ts";
import { startsOf } from "./ranked-lists.ts";
import type { SharedBars } from "./shared-bars.ts";

/** Far above the rounding of a fused score in double, relative to the score. */
const SLACK = 1e-6;
/** After how many new candidates the bars are raised, in a thread's share of depths: rarer costs looks, more often selections. */
const ROUND = 2;

/** Entries that a query has room for: every list's hits, were no two the same, and some more to choose from. */
export function poolCapacity(depth: number, weights: number, rows: number): number {
  return Math.min(rows, depth * (weights + ROUND));
}

export function createPools(options: PoolOptions): CandidatePools {
  const { depths, weights, ties } = options;
  const roomOf = (depth: number) => poolCapacity(depth, weights.length, ties.length);
  const rounds = depths.map((depth) => depth * ROUND);
  const starts = startsOf(depths.map(roomOf));
  const entries = new Int32Array((starts.at(-1) ?? 0) * WORDS);
  const lists = depths.length * weights.length;
  const widest = depths.reduce((most, depth) => Math.max(most, roomOf(depth)), 0);
  return {
    ...options,
    pairs: weights.length,
    document: Float64Array.from(weights, ({ document }) => document),
    scenario: Float64Array.from(weights, ({ scenario }) => scenario),
    alone: Float64Array.from(weights, ({ document }) => (options.missing === "zero" ? document : 1)),
    starts,
    sizes: new Int32Array(depths.length),
    limits: depths.map((depth, query) => Math.min(roomOf(depth), rounds[query] ?? 0)),
    rounds,
    entries,
    floats: new Float32Array(entries.buffer),
    bars: { scores: new Float64Array(lists).fill(-Infinity), ranks: new Int32Array(lists).fill(ties.length) },
    floors: new Float64Array(depths.length).fill(-Infinity),
    keys: { scores: new Float64Array(widest), ranks: new Int32Array(widest), slots: new Int32Array(widest) },
    kept: new Uint8Array(widest),
  };
}

/** Takes a row in, unless it is no hit at any weights. */
export function offerCandidate(pools: CandidatePools, query: number, candidate: Candidate): void {
  const { starts, sizes, limits, entries, floats } = pools;
  if (!reachesBar(pools, query, candidate)) return;
  if (sizes[query] === limits[query]) {
    prune(pools, query);
    if (!reachesBar(pools, query, candidate)) return;
  }
  const size = sizes[query] ?? 0;
  const at = ((starts[query] ?? 0) + size) * WORDS;
  entries[at + ROW] = candidate.row;
  entries[at + SCENARIO_ROW] = candidate.scenarioRow;
  floats[at + OWN] = candidate.own;
  floats[at + FOLDED] = candidate.folded;
  sizes[query] = size + 1;
}

function reachesBar(pools: CandidatePools, query: number, candidate: Candidate): boolean {
  const { pairs, bars, ties } = pools;
  const rank = ties[candidate.row] ?? 0;
  for (let pair = 0, list = query * pairs; pair < pairs; pair++, list++) {
    if (isBefore(fuse(pools, pair, candidate), rank, bars.scores[list] ?? 0, bars.ranks[list] ?? 0)) return true;
  }
  return false;
}

/** Raises the bars of a query to what its pool has, and drops what is below all of them. */
function prune(pools: CandidatePools, query: number): void {
  const { starts, sizes, limits, rounds, kept, pairs } = pools;
  refreshPool(pools, query);
  kept.fill(0, 0, sizes[query]);
  for (let pair = 0; pair < pairs; pair++) raiseBar(pools, query, pair);
  const left = compact(pools, query);
  sizes[query] = left;
  const room = (starts[query + 1] ?? 0) - (starts[query] ?? 0);
  limits[query] = Math.min(room, left + (rounds[query] ?? 0));
  pools.floors[query] = floorOf(pools, query);
}

/** Raises the bar of one pair of weights, and marks what reaches it. */
function raiseBar(pools: CandidatePools, query: number, pair: number): void {
  const { keys, kept, bars, shared } = pools;
  const list = query * pools.pairs + pair;
  const depth = pools.depths[query] ?? 0;
  const count = loadKeys(pools, query, pair);
  if (count > depth) {
    selectBest(keys, count, depth);
    const last = keys.scores[depth - 1] ?? 0;
    bars.scores[list] = last;
    bars.ranks[list] = (keys.ranks[depth - 1] ?? 0) + 1; // the last one itself stays welcome
    shared?.raise(list, last);
  }
  const best = Math.min(count, depth);
  const bar = bars.scores[list] ?? 0;
  for (let index = 0; index < best; index++) {
    if ((keys.scores[index] ?? 0) >= bar) kept[keys.slots[index] ?? 0] = 1;
  }
}

/** Moves the kept entries to the front. @returns how many */
function compact({ starts, sizes, entries, kept }: CandidatePools, query: number): number {
  const first = starts[query] ?? 0;
  const size = sizes[query] ?? 0;
  let left = 0;
  for (let slot = 0; slot < size; slot++) {
    if (kept[slot] === 0) continue;
    // a call of `copyWithin` for four values costs more than the values
    const from = (first + slot) * WORDS;
    const to = (first + left) * WORDS;
    for (let word = 0; word < WORDS; word++) entries[to + word] = entries[from + word] ?? 0;
    left++;
  }
  return left;
}

/** Takes over the bars that other threads have found for a query. */
export function refreshPool(pools: CandidatePools, query: number): void {
  const { shared, pairs } = pools;
  if (shared === undefined) return;
  let risen = false;
  for (let list = query * pairs; list < (query + 1) * pairs; list++) risen = takeOver(pools, list, shared) || risen;
  if (risen) pools.floors[query] = floorOf(pools, query);
}

/** @returns whether the shared bar of a list is higher than its own was */
function takeOver({ bars, ties }: CandidatePools, list: number, shared: SharedBars): boolean {
  const bar = shared.get(list);
  if (bar <= (bars.scores[list] ?? 0)) return false;
  bars.scores[list] = bar;
  bars.ranks[list] = ties.length; // a row of just that score may belong
  return true;
}

/**
 * A fused score is at most (document + scenario weight) times the larger channel: the lowest bar, divided by that sum, has
 * to be reached by one of the two.
 */
function floorOf({ pairs, document, scenario, bars, leastFloor }: CandidatePools, query: number): number {
  let floor = Infinity;
  for (let pair = 0; pair < pairs; pair++) {
    const sum = (document[pair] ?? 0) + (scenario[pair] ?? 0);
    const bar = bars.scores[query * pairs + pair] ?? 0;
    // without any weight all scores are 0; a row without scenarios may count in full
    floor = Math.min(floor, sum === 0 ? -Infinity : Math.min(bar, bar / sum));
  }
  return floor <= leastFloor ? -Infinity : floor - Math.abs(floor) * SLACK;
}
