import { isBefore } from "./order-keys.ts";
import { type RankedLists, ROW, startsOf, WORDS } from "./ranked-lists.ts";

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
    const found = parts.reduce((sum, { starts }) => sum + (starts[list + 1] ?? 0) - (starts[list] ?? 0), 0);
    return Math.min(found, depths[Math.floor(list / perQuery)] ?? 0);
  });
  const starts = startsOf(lengths);
  const total = starts.at(-1) ?? 0;
  const merged = { starts, scores: new Float64Array(total), entries: new Int32Array(total * WORDS) };
  const heads = parts.map((part) => ({ ...part, at: 0, end: 0 }));
  for (let list = 0; list < lengths.length; list++) {
    for (const head of heads) {
      head.at = head.starts[list] ?? 0;
      head.end = head.starts[list + 1] ?? 0;
    }
    for (let to = starts[list] ?? 0; to < (starts[list + 1] ?? 0); to++) takeBest(heads, ties, { merged, to });
  }
  return merged;
}

type Head = RankedLists & { at: number; end: number };
type Place = { readonly merged: RankedLists; readonly to: number };

/** Moves the best of the parts' next entries. */
function takeBest(heads: readonly Head[], ties: Int32Array, { merged, to }: Place): void {
  let best: Head | undefined;
  for (const head of heads) {
    if (head.at < head.end && (best === undefined || isAhead(head, best, ties))) best = head;
  }
  if (best === undefined) return;
  merged.scores[to] = best.scores[best.at] ?? 0;
  for (let word = 0; word < WORDS; word++)
    merged.entries[to * WORDS + word] = best.entries[best.at * WORDS + word] ?? 0;
  best.at++;
}

function isAhead(a: Head, b: Head, ties: Int32Array): boolean {
  const rankA = ties[a.entries[a.at * WORDS + ROW] ?? 0] ?? 0;
  const rankB = ties[b.entries[b.at * WORDS + ROW] ?? 0] ?? 0;
  return isBefore(a.scores[a.at] ?? 0, rankA, b.scores[b.at] ?? 0, rankB);
}
