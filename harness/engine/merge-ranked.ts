import { isBefore } from "./order-keys.ts";
import type { RankedRows } from "./types.ts";

/**
 * The best of several ranked lists that have no row in common, best first; rows keep their numbers.
 *
 * @param ties tie ranks by row, as the lists were ranked by
 */
export function mergeRanked(
  lists: readonly RankedRows[],
  { k, ties }: { readonly k: number; readonly ties: Int32Array },
): RankedRows {
  const length = Math.min(
    k,
    lists.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  const rows = new Int32Array(length);
  const scores = new Float64Array(length);
  const heads = lists.map((list) => ({ list, at: 0 }));
  for (let to = 0; to < length; to++) {
    let best: (typeof heads)[number] | undefined;
    for (const head of heads) if (head.at < head.list.rows.length && isAhead(head, best, ties)) best = head;
    if (best === undefined) break;
    rows[to] = best.list.rows[best.at] ?? 0;
    scores[to] = best.list.scores[best.at] ?? 0;
    best.at += 1;
  }
  return { rows, scores };
}

type Head = { readonly list: RankedRows; readonly at: number };

function isAhead(one: Head, other: Head | undefined, ties: Int32Array): boolean {
  if (other === undefined) return true;
  const [score, rank] = [one.list.scores[one.at] ?? 0, ties[one.list.rows[one.at] ?? 0] ?? 0];
  return isBefore(score, rank, other.list.scores[other.at] ?? 0, ties[other.list.rows[other.at] ?? 0] ?? 0);
}
