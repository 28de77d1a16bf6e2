import { isBefore } from "./order-keys.ts";

/**
 * Ranked candidates of many lists, in parallel arrays. List `l` (query by query, in each one for every pair of weights) is
 * entries `starts[l]` up to, not including, `ends[l]`, best first.
 */
export type RankedLists = {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly rows: Int32Array;
  /** Fused scores, and what they are made of: see `Candidate`. */
  readonly scores: Float64Array;
  readonly own: Float32Array;
  readonly folded: Float32Array;
  readonly scenarioRows: Int32Array;
};

/** Empty lists with room from each start to the next. */
export function emptyLists(starts: Int32Array): RankedLists {
  const total = starts.at(-1) ?? 0;
  return {
    starts,
    ends: starts.slice(0, -1),
    rows: new Int32Array(total),
    scores: new Float64Array(total),
    own: new Float32Array(total),
    folded: new Float32Array(total),
    scenarioRows: new Int32Array(total),
  };
}

/** Where runs of these lengths begin when they follow each other, and where the last one ends. */
export function startsOf(lengths: Int32Array): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) starts[index + 1] = (starts[index] ?? 0) + length;
  return starts;
}

export type MergeOptions = {
  /** How many entries each list keeps, by query, for `perQuery` lists each. */
  readonly depths: Int32Array;
  readonly perQuery: number;
  readonly ties: Int32Array;
};

/**
 * One set of lists out of those that several threads made of different rows.
 *
 * @param parts at least one, all with the same lists
 */
export function mergeLists(parts: readonly RankedLists[], { depths, perQuery, ties }: MergeOptions): RankedLists {
  const lengths = Int32Array.from({ length: depths.length * perQuery }, (_, list) => {
    const found = parts.reduce((sum, { starts, ends }) => sum + (ends[list] ?? 0) - (starts[list] ?? 0), 0);
    return Math.min(found, depths[Math.floor(list / perQuery)] ?? 0);
  });
  const merged = emptyLists(startsOf(lengths));
  const heads = parts.map((lists) => ({ lists, at: 0, end: 0, score: 0, rank: 0 }));
  for (let list = 0; list < lengths.length; list++) {
    for (const head of heads) {
      head.at = head.lists.starts[list] ?? 0;
      head.end = head.lists.ends[list] ?? 0;
      look(head, ties);
    }
    const end = merged.starts[list + 1] ?? 0;
    for (let to = merged.starts[list] ?? 0; to < end; to++) moveBest(heads, ties, { merged, to });
    merged.ends[list] = end;
  }
  return merged;
}

/** The next entry of a part, its score and tie rank; behind all others when the part is used up. */
type Head = { readonly lists: RankedLists; at: number; end: number; score: number; rank: number };

function look(head: Head, ties: Int32Array): void {
  const there = head.at < head.end;
  head.score = there ? (head.lists.scores[head.at] ?? 0) : -Infinity;
  head.rank = there ? (ties[head.lists.rows[head.at] ?? 0] ?? 0) : ties.length;
}

/** Moves the best of the parts' next entries. */
function moveBest(heads: readonly Head[], ties: Int32Array, { merged, to }: { merged: RankedLists; to: number }): void {
  let best = heads[0];
  if (best === undefined) return;
  for (let index = 1; index < heads.length; index++) {
    const head = heads[index];
    if (head !== undefined && isBefore(head.score, head.rank, best.score, best.rank)) best = head;
  }
  const { lists, at } = best;
  merged.rows[to] = lists.rows[at] ?? 0;
  merged.scores[to] = lists.scores[at] ?? 0;
  merged.own[to] = lists.own[at] ?? 0;
  merged.folded[to] = lists.folded[at] ?? 0;
  merged.scenarioRows[to] = lists.scenarioRows[at] ?? 0;
  best.at = at + 1;
  look(best, ties);
}
