import { isBefore, selectBest, sortKeys } from "./order-keys.ts";
import { type Candidate, type CandidatePools, FOLDED, OWN, ROW, SCENARIO_ROW, WORDS } from "./pool-types.ts";
import { emptyLists, type RankedLists, startsOf } from "./ranked-lists.ts";

/** The sum that `fuse/` defines; with the scenario's weight 0 it is the row's own score to the last bit. */
export function fuse(
  { document, scenario, alone }: CandidatePools,
  pair: number,
  { own, folded, scenarioRow }: Omit<Candidate, "row">,
): number {
  if (scenarioRow === -1) return (alone[pair] ?? 0) * own;
  return (document[pair] ?? 0) * own + (scenario[pair] ?? 0) * folded;
}

/**
 * Loads the keys of a pool's entries that reach the bar of a pair of weights. The sum is `fuse` again, its weights read once:
 * of a sweep's time outside the product most goes here.
 *
 * @returns how many
 */
export function loadKeys(pools: CandidatePools, query: number, pair: number): number {
  const { starts, sizes, entries, floats, keys, bars, ties, pairs } = pools;
  const { document, scenario, alone } = weightsOf(pools, pair);
  const bar = bars.scores[query * pairs + pair] ?? 0;
  const barRank = bars.ranks[query * pairs + pair] ?? 0;
  const size = sizes[query] ?? 0;
  let count = 0;
  for (let slot = 0, at = (starts[query] ?? 0) * WORDS; slot < size; slot++, at += WORDS) {
    const own = floats[at + OWN] ?? 0;
    const covered = entries[at + SCENARIO_ROW] !== -1;
    const score = covered ? document * own + scenario * (floats[at + FOLDED] ?? 0) : alone * own;
    if (score < bar) continue;
    const rank = ties[entries[at + ROW] ?? 0] ?? 0;
    if (!isBefore(score, rank, bar, barRank)) continue;
    keys.scores[count] = score;
    keys.ranks[count] = rank;
    keys.slots[count] = slot;
    count++;
  }
  return count;
}

function weightsOf({ document, scenario, alone }: CandidatePools, pair: number) {
  return { document: document[pair] ?? 0, scenario: scenario[pair] ?? 0, alone: alone[pair] ?? 0 };
}

/** The hits of every query at every pair of weights. The pools take no more offers after it. */
export function finishPools(pools: CandidatePools): RankedLists {
  const { depths, pairs, starts, sizes, keys, entries, floats } = pools;
  const most = Int32Array.from({ length: depths.length * pairs }, (_, list) => {
    const query = Math.floor(list / pairs);
    return Math.min(depths[query] ?? 0, sizes[query] ?? 0);
  });
  const found = emptyLists(startsOf(most));
  for (let list = 0; list < most.length; list++) {
    const query = Math.floor(list / pairs);
    const count = loadKeys(pools, query, list % pairs);
    const best = Math.min(count, depths[query] ?? 0);
    if (best < count) selectBest(keys, count, best);
    sortKeys(keys, 0, best - 1);
    for (let index = 0, to = found.starts[list] ?? 0; index < best; index++, to++) {
      const from = ((starts[query] ?? 0) + (keys.slots[index] ?? 0)) * WORDS;
      found.scores[to] = keys.scores[index] ?? 0;
      found.rows[to] = entries[from + ROW] ?? 0;
      found.own[to] = floats[from + OWN] ?? 0;
      found.folded[to] = floats[from + FOLDED] ?? 0;
      found.scenarioRows[to] = entries[from + SCENARIO_ROW] ?? 0;
    }
    found.ends[list] = (found.starts[list] ?? 0) + best;
  }
  return found;
}
