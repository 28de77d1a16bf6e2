import type { DocId, QueryId } from "./ids.ts";

/** One retrieved document. Higher `score` is better; the unit is the retriever's own. */
export type ScoredDoc = { readonly docId: DocId; readonly score: number };

/** A ranking: best first, no duplicate doc ids. */
export type Ranking = readonly ScoredDoc[];

/** A retrieved document and what its fused score is made of: raw scores, before any normalisation or weight. */
export type FusedDoc = ScoredDoc & {
  readonly documentScore: number;
  /** Aggregated score of its scenarios and the id of the best one, `<doc id>#<n>`; undefined without a usable scenario. */
  readonly scenario: { readonly score: number; readonly id: string } | undefined;
};

/** What one system returned for every query it was asked. */
export type Run = ReadonlyMap<QueryId, Ranking>;

/**
 * The one ordering of the harness: score descending, then doc id descending, as trec_eval breaks ties.
 *
 * Source: https://github.com/usnistgov/trec_eval (form_res_rels.c).
 */
export function compareScoredDocs(a: ScoredDoc, b: ScoredDoc): number {
  if (a.score !== b.score) return b.score - a.score;
  return compareIds(b.docId, a.docId);
}

/**
 * Ascending order of ids by their UTF-8 bytes, as C's strcmp: `<` compares UTF-16 units and orders some ids differently.
 * Nothing is encoded: the two orders part only where a surrogate half meets a unit from U+E000 on.
 */
export function compareIds(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return x < 0xd800 || y < 0xd800 ? x - y : codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogate halves stand for code points above U+FFFF, so they follow U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  return unit < 0xe000 ? unit + 0x2800 : unit;
}

/**
 * Place of every row in the tie-break order: of two rows with equal scores the one with the **lower** rank comes first.
 *
 * @param ids one per row, without duplicates
 */
export function tieRanks(ids: readonly DocId[]): Int32Array {
  const order = ids.map((_, row) => row).sort((a, b) => compareIds(ids[b] ?? "", ids[a] ?? ""));
  const ranks = new Int32Array(ids.length);
  for (const [rank, row] of order.entries()) ranks[row] = rank;
  return ranks;
}
