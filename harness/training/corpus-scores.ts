import type { Dataset } from "../domain/dataset.ts";
import type { QueryText } from "../domain/query.ts";
import { tieRanks } from "../domain/run.ts";
import type { OpenedRetriever, Retriever } from "../retrieve/types.ts";

/** A corpus and what searches it. */
export type SearchedBy = {
  readonly dataset: Dataset;
  readonly retriever: Retriever;
  readonly opened: OpenedRetriever;
  readonly signal: AbortSignal | undefined;
};

export type CorpusQuery = QueryText & {
  /** Ascending document rows that may not be returned. */ readonly excluded: Int32Array;
};

/** The score of every document for one query; valid until the next is drawn. */
export type CorpusScores = {
  readonly query: number;
  readonly scores: Float64Array;
  /** Rows that are returned at all, in no order. */
  readonly candidates: Int32Array;
  readonly ties: Int32Array;
};

/** Scores the whole corpus for every query, in their order. @throws as the retriever's `search` */
export async function* corpusScores(
  queries: readonly CorpusQuery[],
  { dataset, retriever, opened, signal }: SearchedBy,
): AsyncGenerator<CorpusScores> {
  const ties = tieRanks(dataset.docIds);
  const search = await opened.search({
    documents: dataset.corpus,
    ties,
    queries,
    excluded: queries.map(({ excluded }) => excluded),
    questions: { scores: true },
    signal,
  });
  const all = Int32Array.from(dataset.docIds.keys());
  for await (const { query, scores, matched } of search.answers) {
    signal?.throwIfAborted();
    if (scores === undefined) throw new Error("expected scores of every document");
    const hits = retriever.zeroMeansNoMatch && matched !== undefined ? matched : all;
    const excluded = new Set(queries[query]?.excluded);
    const candidates = excluded.size === 0 ? hits : hits.filter((row) => !excluded.has(row));
    yield { query, scores: scores.document, candidates, ties };
  }
}

/**
 * Rank of the best of some documents, from 1, in the order of every ranking: score, then tie rank; undefined when none of
 * them is returned.
 */
export function bestRank({ scores, candidates, ties }: CorpusScores, rows: Int32Array): number | undefined {
  const before = (a: number, b: number) => {
    const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
    return difference !== 0 ? difference > 0 : (ties[a] ?? 0) < (ties[b] ?? 0);
  };
  const wanted = new Set(rows);
  let best: number | undefined;
  for (const row of candidates) if (wanted.has(row) && (best === undefined || before(row, best))) best = row;
  if (best === undefined) return undefined;
  let rank = 1;
  for (const row of candidates) rank += row !== best && before(row, best) ? 1 : 0;
  return rank;
}
