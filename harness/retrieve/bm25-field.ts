import { storedLength } from "./document-length.ts";
import type { InvertedIndex } from "./inverted-index.ts";
import type { TermScores } from "./row-sums.ts";

/** Saturation and length normalisation; `lengths` says whether long texts count as Lucene's one byte remembers them. */
export type Bm25Parameters = { readonly k1: number; readonly b: number; readonly lengths: "lucene" | "exact" };

/** One field of the texts, ready to be scored. */
export type Bm25Field = {
  /** Mean number of terms of the rows that have the field; 0 when none has. */
  readonly averageLength: number;
  /** ln(1 + (N - df + 0.5) / (df + 0.5)) with N the rows that have the field. */
  idf(term: string): number;
  /** A term's scores times `boost`, in arrays that its next call fills anew; undefined when no row holds it. */
  termScores(term: string, boost: number): TermScores | undefined;
};

/**
 * BM25 of one field in the arithmetic of Lucene: single precision, operation by operation. Scores of terms that were asked
 * for are remembered, four bytes a posting: what queries have in common are the terms with many postings.
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

  const remembered = new Map<string, { readonly scores: Float32Array; weight: number }>();

  return {
    averageLength,
    idf,
    termScores(term, boost) {
      const postings = index.postings(term);
      if (postings === undefined) return undefined;
      const { rows, frequencies } = postings;
      const weight = fround(fround(boost) * idf(term));
      const known = remembered.get(term) ?? { scores: new Float32Array(rows.length), weight: Number.NaN };
      remembered.set(term, known);
      if (known.weight === weight) return { rows, scores: known.scores };
      for (let at = 0; at < rows.length; at += 1) {
        const saturation = fround(1 + fround((frequencies[at] ?? 0) * (inverseNorms[rows[at] ?? 0] ?? 0)));
        known.scores[at] = weight - fround(weight / saturation);
      }
      known.weight = weight;
      return { rows, scores: known.scores };
    },
  };
}
