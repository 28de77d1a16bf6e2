import { topRows } from "../domain/top-rows.ts";
import { breathe } from "../runtime/clock.ts";
import type { FeedbackDocument, TermCount, TermFeedback } from "./feedback/types.ts";
import type { InvertedIndex } from "./inverted-index.ts";
import type { QueryTerm } from "./query-terms.ts";

/** Terms of the dictionary looked at between two turns of the event loop. */
const TERMS_PER_TURN = 4096;

export type TermFeedbackTask = {
  /** The documents' texts. */
  readonly index: InvertedIndex;
  /** The scores of a query, valid until the next call, and the rows that have one. */
  score(query: readonly QueryTerm[]): { readonly scores: Float64Array; readonly matched: Int32Array };
  readonly queries: readonly (readonly QueryTerm[])[];
  /** `tieRanks` of the documents. */
  readonly ties: Int32Array;
  /** As in a search: what may not be returned does not feed back. */
  readonly excluded: readonly Int32Array[];
  readonly signal?: AbortSignal | undefined;
  /** Queries searched so far, of those that will be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/** Rows of the documents that feed back to a query, best first, and their scores. */
type FirstHits = { readonly rows: Int32Array; readonly scores: Float64Array };

/**
 * The documents that feed back to each query, best first; fewer than asked for where fewer match.
 *
 * It costs a first search of all queries and one pass over the postings of the terms that may feed back. Memory: a byte
 * a row of the index, and `termsPerDocument` terms of every document that feeds back to any query.
 *
 * @throws the signal's reason when it is aborted
 */
export async function feedbackDocuments(
  feedback: TermFeedback,
  task: TermFeedbackTask,
): Promise<readonly (readonly FeedbackDocument[])[]> {
  const hits = await searchFirst(feedback.depth, task);
  const terms = await frequentTerms(new Set(hits.flatMap(({ rows }) => [...rows])), feedback, task);
  return hits.map(({ rows, scores }) =>
    Array.from(rows, (row, place) => ({ score: scores[place] ?? 0, terms: terms.get(row) ?? [] })),
  );
}

/** A term in the list of its document: an object of two fields and its place in the list. */
const BYTES_PER_TERM = 48;

/** Rough memory of `feedbackDocuments`, in bytes. @param queries the most that are asked at once */
export function estimateFeedbackBytes(
  { depth, termsPerDocument }: TermFeedback,
  { documents, queries }: { readonly documents: number; readonly queries: number },
): number {
  return documents + Math.min(documents, queries * depth) * termsPerDocument * BYTES_PER_TERM;
}

async function searchFirst(depth: number, task: TermFeedbackTask): Promise<readonly FirstHits[]> {
  const { queries, ties, excluded, signal, onProgress } = task;
  const found: FirstHits[] = [];
  for (const [position, query] of queries.entries()) {
    signal?.throwIfAborted();
    const { scores, matched } = task.score(query);
    const forbidden = new Set(excluded[position]);
    const rows = topRows(
      scores,
      matched.filter((row) => !forbidden.has(row)),
      ties,
      depth,
    );
    found.push({ rows, scores: Float64Array.from(rows, (row) => scores[row] ?? 0) });
    onProgress?.(position + 1, queries.length);
    await breathe();
  }
  return found;
}

/** Of each row the most frequent terms that may feed back. */
async function frequentTerms(
  rows: ReadonlySet<number>,
  { admits, termsPerDocument }: TermFeedback,
  { index, signal }: TermFeedbackTask,
): Promise<ReadonlyMap<number, readonly TermCount[]>> {
  const kept = new Map<number, TermCount[]>(Array.from(rows, (row) => [row, []]));
  const isWanted = new Uint8Array(index.lengths.length);
  for (const row of rows) isWanted[row] = 1;
  for (const [position, term] of index.terms.entries()) {
    if (position % TERMS_PER_TURN === 0) await breathe();
    signal?.throwIfAborted();
    const postings = index.postings(term);
    if (postings === undefined || !admits(term, postings.rows.length / index.documents)) continue;
    for (const [at, row] of postings.rows.entries()) {
      if (isWanted[row] === 0) continue;
      keepBest(kept.get(row) ?? [], { term, count: postings.frequencies[at] ?? 0 }, termsPerDocument);
    }
  }
  return kept;
}

/** Inserts an entry where it belongs, the most frequent first, unless `most` others come before it. */
function keepBest(best: TermCount[], entry: TermCount, most: number): void {
  const last = best.at(-1);
  if (best.length === most && last !== undefined && !comesBefore(entry, last)) return;
  const place = best.findIndex((other) => comesBefore(entry, other));
  best.splice(place === -1 ? best.length : place, 0, entry);
  if (best.length > most) best.pop();
}

/** An index knows its terms in the order in which texts brought them, on which no result may depend. */
function comesBefore(a: TermCount, b: TermCount): boolean {
  return a.count === b.count ? a.term < b.term : a.count > b.count;
}
