import { setImmediate } from "node:timers/promises";
import { analyzeEnglish } from "../analysis/english-terms.ts";
import type { View, ViewCollection } from "../domain/view.ts";
import { createIndexBuilder, type IndexArrays } from "./inverted-index.ts";
import type { ScoreRequest } from "./types.ts";

/** What of a view a field holds. */
export type FieldText = (view: View) => string;

/** Views between two turns of the event loop, some ten milliseconds of work. */
const VIEWS_PER_TURN = 128;
/** Views read for an estimate. */
const SAMPLE = 256;

/**
 * The arrays of an inverted index of the views for each of the fields; row `i` is view `i`. The texts are read once.
 *
 * @throws the signal's reason when it is aborted
 */
export async function indexViews(
  views: ViewCollection,
  fields: readonly FieldText[],
  { signal, onProgress }: Pick<ScoreRequest, "signal" | "onProgress"> = {},
): Promise<IndexArrays[]> {
  const builders = fields.map((text) => ({ text, index: createIndexBuilder() }));
  let row = 0;
  for await (const view of views.views()) {
    if (row % VIEWS_PER_TURN === 0) {
      onProgress?.(row);
      await setImmediate();
    }
    signal?.throwIfAborted();
    for (const { text, index } of builders) index.add(analyzeEnglish(text(view)));
    row += 1;
  }
  if (row !== views.count) throw new Error(`expected ${views.count} views, read ${row}`);
  return builders.map(({ index }) => index.finish());
}

/** A posting is up to 16 bytes in the lists that grow and 8 sorted, a row 8 for length and norm, a term some 100. */
const BYTES = { posting: 24, row: 8, term: 100 };
/** The same in a file: a row has its length, a term two positions and some eight letters of two bytes. */
const FILE_BYTES = { posting: 8, row: 4, term: 24 };

/**
 * Rough peak of memory while the views are indexed, and of the row of scores; and the size of the files. The first 256 views say how many terms a
 * view has; the size of the dictionary is then 44 * tokens^0.49.
 *
 * Source: Heaps' law with the constants of Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 5.1.1.
 */
export async function estimateIndexBytes(
  views: ViewCollection,
  fields: readonly FieldText[],
  signal?: AbortSignal,
): Promise<{ readonly memoryBytes: number; readonly fileBytes: number }> {
  const sampled = { views: 0, tokens: 0, postings: 0 };
  for await (const view of views.views()) {
    signal?.throwIfAborted();
    for (const text of fields) {
      const terms = analyzeEnglish(text(view));
      sampled.tokens += terms.length;
      sampled.postings += new Set(terms).size;
    }
    sampled.views += 1;
    if (sampled.views === SAMPLE) break;
  }
  const scale = sampled.views === 0 ? 0 : views.count / sampled.views;
  const dictionary = 44 * (scale * sampled.tokens) ** 0.49;
  const [postings, rows] = [scale * sampled.postings, views.count * fields.length];
  const bytes = (of: typeof BYTES) => postings * of.posting + rows * of.row + dictionary * of.term;
  return {
    memoryBytes: Math.ceil(bytes(BYTES) + views.count * Float64Array.BYTES_PER_ELEMENT),
    fileBytes: Math.ceil(bytes(FILE_BYTES)),
  };
}
