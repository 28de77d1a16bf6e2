import { createIntegerList } from "./integer-list.ts";

/** Rows that hold a term, ascending, and how often each of them does. */
type Postings = { readonly rows: Int32Array; readonly frequencies: Int32Array };

/** Which rows hold which terms. A row without terms counts in nothing but `lengths`. */
export type InvertedIndex = {
  /** Rows with at least one term: Lucene's docCount. */
  readonly documents: number;
  /** Mean number of terms of those rows; 0 when there is none. */
  readonly averageLength: number;
  /** Number of terms, repeats included, of every row. */
  readonly lengths: Int32Array;
  /** Distinct terms, in no particular order. */
  readonly terms: readonly string[];
  postings(term: string): Postings | undefined;
};

/** The same as plain data, to be kept in a file. */
export type IndexArrays = {
  /** Distinct terms, in no particular order. */
  readonly terms: readonly string[];
  /** Of term `t` the postings from `starts[t]` up to, not including, `starts[t + 1]`; length terms + 1. */
  readonly starts: Int32Array;
  /** Rows of the postings, ascending within a term, and how often each holds the term. */
  readonly rows: Int32Array;
  readonly frequencies: Int32Array;
  /** As in the index. */
  readonly lengths: Int32Array;
};

export type IndexBuilder = {
  /** Terms of the next row, repeats included. */
  add(terms: readonly string[]): void;
  /** Ends the building; call it once. */
  finish(): IndexArrays;
};

/** The postings in the order of rows: of row `r` those from `ends[r - 1]` up to, not including, `ends[r]`. */
type PostingsByRow = { readonly terms: Int32Array; readonly frequencies: Int32Array; readonly ends: Int32Array };

/** Builds an index row by row: 8 to 16 bytes a posting, and 8 more while `finish` sorts them by term. */
export function createIndexBuilder(): IndexBuilder {
  const ids = new Map<string, number>();
  const latestPosting = createIntegerList();
  const terms = createIntegerList();
  const frequencies = createIntegerList();
  const ends = createIntegerList();
  const lengths = createIntegerList();

  function idOf(term: string): number {
    const known = ids.get(term);
    if (known !== undefined) return known;
    ids.set(term, ids.size);
    latestPosting.push(-1);
    return ids.size - 1;
  }

  function count(term: number, rowStart: number): void {
    const latest = latestPosting.at(term);
    if (latest >= rowStart) {
      frequencies.set(latest, frequencies.at(latest) + 1);
      return;
    }
    latestPosting.set(term, terms.length());
    terms.push(term);
    frequencies.push(1);
  }

  return {
    add(rowTerms) {
      const rowStart = terms.length();
      for (const term of rowTerms) count(idOf(term), rowStart);
      ends.push(terms.length());
      lengths.push(rowTerms.length);
    },
    finish() {
      const byRow = { terms: terms.values(), frequencies: frequencies.values(), ends: ends.values() };
      return { terms: [...ids.keys()], lengths: lengths.values(), ...sortByTerm(byRow, ids.size) };
    },
  };
}

/** An index over its arrays, which are not copied. */
export function createIndex({ terms, starts, rows, frequencies, lengths }: IndexArrays): InvertedIndex {
  const ids = new Map(terms.map((term, id) => [term, id]));
  const documents = lengths.reduce((sum, length) => sum + Math.min(length, 1), 0);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return {
    documents,
    averageLength: documents === 0 ? 0 : total / documents,
    lengths,
    terms,
    postings(term) {
      const id = ids.get(term);
      if (id === undefined) return undefined;
      const [start, end] = [starts[id], starts[id + 1]];
      return { rows: rows.subarray(start, end), frequencies: frequencies.subarray(start, end) };
    },
  };
}

/** A counting sort: it keeps the rows of a term ascending. */
function sortByTerm(byRow: PostingsByRow, termCount: number): Pick<IndexArrays, "starts" | "rows" | "frequencies"> {
  const starts = new Int32Array(termCount + 1);
  for (const term of byRow.terms) starts[term + 1] = (starts[term + 1] ?? 0) + 1;
  for (let term = 1; term <= termCount; term += 1) starts[term] = (starts[term] ?? 0) + (starts[term - 1] ?? 0);

  const next = starts.slice();
  const rows = new Int32Array(byRow.terms.length);
  const frequencies = new Int32Array(byRow.terms.length);
  let posting = 0;
  for (const [row, end] of byRow.ends.entries()) {
    for (; posting < end; posting += 1) {
      const term = byRow.terms[posting] ?? 0;
      const place = next[term] ?? 0;
      next[term] = place + 1;
      rows[place] = row;
      frequencies[place] = byRow.frequencies[posting] ?? 0;
    }
  }
  return { starts, rows, frequencies };
}
