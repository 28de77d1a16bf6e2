import type { Bm25Field } from "./bm25-field.ts";

/** A distinct term of a query and what its score is multiplied by. */
export type QueryTerm = { readonly term: string; readonly boost: number };

/** Distinct terms in query order, each with its number of occurrences: Lucene sums the clauses of a repeated term. */
export function plainQuery(terms: readonly string[]): QueryTerm[] {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return [...counts].map(([term, boost]) => ({ term, boost }));
}

/**
 * Distinct terms in query order, weighted by BM25 as if the query were a document of the field.
 *
 * Source: Anserini's QuerySideBm25QueryGenerator, `idf * tf / (tf + k1 * (1 - b + b * |q| / avgdl))`.
 */
export function bm25Query(
  terms: readonly string[],
  field: Bm25Field,
  { k1, b }: { readonly k1: number; readonly b: number },
): QueryTerm[] {
  const norm = k1 * (1 - b + (b * terms.length) / field.averageLength);
  return plainQuery(terms).map(({ term, boost: count }) => ({
    term,
    boost: (field.idf(term) * count) / (count + norm),
  }));
}
