import { HarnessError } from "../errors.ts";
import type { FaissIndex, FoundRows } from "./faiss-index.ts";
import type { RankedRows } from "./types.ts";

/** Documents or scenarios, as FAISS searches them. */
export type FaissChannel = {
  readonly index: FaissIndex;
  /** Row of every vector of the index, ascending; undefined where it holds all rows. */
  readonly rows: Int32Array | undefined;
  /** Of two rows with equal scores the one with the lower rank comes first. */
  readonly ties: Int32Array;
};

/** One list that a query wants of a channel: how deep, and which rows may not be in it. */
export type WantedList = { readonly depth: number; readonly dropped: ReadonlySet<number> };

/** How many rows more than wanted are asked for: rows that tie with the last one often lie among them. */
const SPARE = 16;
const NO_ROWS: RankedRows = { rows: new Int32Array(0), scores: new Float64Array(0) };

/** How many rows FAISS has to be asked for, so that enough are left when others are dropped. */
export function rowsToAskFor(wanted: readonly WantedList[]): number {
  return Math.max(0, ...wanted.map(({ depth, dropped }) => depth + dropped.size)) + SPARE;
}

/**
 * Searches a few queries at once and cuts every list that they want. FAISS leaves open which of several rows with equal
 * scores it returns last; so as long as such rows may be missing at a list's end, it is asked for more.
 *
 * @param queries at least as many whole rows as `wanted` has entries; what is found for the others is not looked at
 * @returns by query, then by wanted list; a list may be shorter than wanted, and one of an index that is not flat may be
 *   so although there are more rows
 * @throws {HarnessError} `SCORE_INVALID` when a product is not finite in float32; as `FaissIndex.search`
 */
export async function searchLists(
  { index, rows, ties }: FaissChannel,
  queries: Float32Array,
  wanted: readonly (readonly WantedList[])[],
): Promise<readonly (readonly RankedRows[])[]> {
  if (index.count === 0) return wanted.map((own) => own.map(() => NO_ROWS));
  for (let k = Math.min(index.count, rowsToAskFor(wanted.flat())); ; k = Math.min(index.count, 2 * k)) {
    const found = await index.search(queries, k);
    const lists = wanted.map((own, query) => {
      const head = headOf(found, { query, k, rows, isExact: index.isExact });
      return own.map((list) => cutList(head, list, ties));
    });
    if (k === index.count || lists.flat().every(({ isWhole }) => isWhole)) {
      return lists.map((own) => own.map(({ list }) => list));
    }
  }
}

/** What was found for one query. */
type Head = { readonly rows: Int32Array; readonly scores: Float32Array; readonly mayGoOn: boolean };

function headOf(
  found: FoundRows,
  { query, k, rows, isExact }: { query: number; k: number; rows: Int32Array | undefined; isExact: boolean },
): Head {
  const labels = found.rows.subarray(query * k, (query + 1) * k);
  const end = labels.indexOf(-1);
  const length = end === -1 ? k : end;
  const scores = found.scores.subarray(query * k, query * k + length);
  if ((isExact && length < k) || !scores.every(Number.isFinite)) {
    throw new HarnessError("SCORE_INVALID", "expected products that are finite in float32.", {
      where: "engine `faiss`",
      hint: "A vector holds values that are too large.",
    });
  }
  const own = labels.subarray(0, length);
  return { rows: rows === undefined ? own : own.map((label) => rows[label] ?? -1), scores, mayGoOn: end === -1 };
}

/** @returns `isWhole` is false when rows that belong into the list may lie beyond the head */
function cutList({ rows, scores, mayGoOn }: Head, { depth, dropped }: WantedList, ties: Int32Array) {
  const kept: number[] = [];
  let at = 0;
  // past the depth go those that tie with the last one
  for (; at < rows.length && (kept.length < depth || scores[at] === scores[kept[depth - 1] ?? 0]); at++) {
    if (!dropped.has(rows[at] ?? -1)) kept.push(at);
  }
  kept.sort((a, b) => {
    const difference = (scores[b] ?? 0) - (scores[a] ?? 0);
    return difference !== 0 ? difference : (ties[rows[a] ?? 0] ?? 0) - (ties[rows[b] ?? 0] ?? 0);
  });
  const cut = kept.slice(0, depth);
  return {
    isWhole: at < rows.length || !mayGoOn,
    list: {
      rows: Int32Array.from(cut, (position) => rows[position] ?? 0),
      scores: Float64Array.from(cut, (position) => scores[position] ?? 0),
    },
  };
}
