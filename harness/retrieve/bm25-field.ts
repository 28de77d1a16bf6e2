import { storedLength } from "./document-length.ts";
import type { InvertedIndex } from "./inverted-index.ts";

/** Saturation and length normalisation; `lengths` says whether long texts count as Lucene's one byte remembers them. */
export type Bm25Parameters = { readonly k1: number; readonly b: number; readonly lengths: "lucene" | "exact" };

/** One field of the texts, ready to be scored. */
export type Bm25Field = {
  /** Mean number of terms of the rows that have the field; 0 when none has. */
  readonly averageLength: number;
  /** ln(1 + (N - df + 0.5) / (df + 0.5)) with N the rows that have the field. */
  idf(term: string): number;
  /** Adds a term's score, times `boost`, to every row that holds it. */
  addScores(sums: MatchedSums, term: string, boost: number): void;
};

/** Sums by row, all 0 but those of the rows that are listed: clearing them costs what was added, not the corpus. */
type MatchedSums = { readonly scores: Float64Array; readonly rows: Int32Array; count: number };

/**
 * BM25 of one field in the arithmetic of Lucene: single precision, operation by operation. What is added to a row is a
 * float32, so that a double holds the sum without rounding, in whatever order the terms come: texts that match alike tie.
 *
 * Source: Robertson et al., TREC-3, 1994; Lucene's BM25Similarity (no factor k1 + 1).
 */
export function createBm25Field(index: InvertedIndex, { k1, b, lengths }: Bm25Parameters): Bm25Field {
  const { fround } = Math;
  const averageLength = fround(index.averageLength);
  const [k, slope] = [fround(k1), fround(b)];
  const inverseNorms = Float32Array.from(index.lengths, (exact) => {
    const length = lengths === "lucene" ? storedLength(exact) : exact;
    return fround(1 / fround(k * fround(fround(1 - slope) + fround(fround(slope * length) / averageLength))));
  });

  function idf(term: string): number {
    const frequency = index.postings(term)?.rows.length ?? 0;
    return fround(Math.log(1 + (index.documents - frequency + 0.5) / (frequency + 0.5)));
  }

  return {
    averageLength,
    idf,
    addScores(sums, term, boost) {
      const postings = index.postings(term);
      if (postings === undefined) return;
      const { scores, rows } = sums;
      const weight = fround(fround(boost) * idf(term));
      for (let position = 0; position < postings.rows.length; position += 1) {
        const row = postings.rows[position] ?? 0;
        const saturation = fround(1 + fround((postings.frequencies[position] ?? 0) * (inverseNorms[row] ?? 0)));
        const before = scores[row] ?? 0;
        const sum = before + fround(weight - fround(weight / saturation));
        scores[row] = sum;
        if (before === 0 && sum !== 0) rows[sums.count++] = row;
      }
    },
  };
}
