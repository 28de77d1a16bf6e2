import { isBefore } from "./order-keys.ts";
import type { Hits } from "./types.ts";

/**
 * The best of several ranked lists that have no row in common, best first; rows keep their numbers.
 *
 * @param ties tie ranks by row, as the lists were ranked by
 */
export function mergeHits(
  lists: readonly Hits[],
  { k, ties }: { readonly k: number; readonly ties: Int32Array },
): Hits {
  const found = lists.reduce((sum, { rows }) => sum + rows.length, 0);
  const merged = roomForHits(Math.min(k, found));
  const heads = lists.map((list) => ({ list, at: 0 }));
  for (let to = 0; to < merged.rows.length; to++) {
    let best: (typeof heads)[number] | undefined;
    for (const head of heads) if (head.at < head.list.rows.length && isAhead(head, best, ties)) best = head;
    if (best === undefined) break;
    const { list, at } = best;
    merged.rows[to] = list.rows[at] ?? 0;
    merged.scores[to] = list.scores[at] ?? 0;
    merged.documentScores[to] = list.documentScores[at] ?? 0;
    merged.scenarioScores[to] = list.scenarioScores[at] ?? 0;
    merged.scenarioRows[to] = list.scenarioRows[at] ?? 0;
    best.at += 1;
  }
  return merged;
}

/** Hits to be filled in. */
export function roomForHits(count: number): Hits {
  return {
    rows: new Int32Array(count),
    scores: new Float64Array(count),
    documentScores: new Float32Array(count),
    scenarioScores: new Float32Array(count),
    scenarioRows: new Int32Array(count),
  };
}

type Head = { readonly list: Hits; readonly at: number };

function isAhead(one: Head, other: Head | undefined, ties: Int32Array): boolean {
  if (other === undefined) return true;
  const [score, rank] = [one.list.scores[one.at] ?? 0, ties[one.list.rows[one.at] ?? 0] ?? 0];
  return isBefore(score, rank, other.list.scores[other.at] ?? 0, ties[other.list.rows[other.at] ?? 0] ?? 0);
}
