import { z } from "zod";
import { analyzeEnglish, ENGLISH_ANALYSIS } from "../analysis/english-terms.ts";
import { composeView, type View, type ViewCollection } from "../domain/view.ts";
import { loadOnce } from "../runtime/load-once.ts";
import type { Json } from "../storage/content-hash.ts";
import { type Bm25Field, createBm25Field } from "./bm25-field.ts";
import { estimateIndexBytes, indexViews } from "./index-views.ts";
import { createIndex, createIndexBuilder } from "./inverted-index.ts";
import { bm25Query, plainQuery, type QueryTerm } from "./query-terms.ts";
import {
  defineRetriever,
  type EstimateRequest,
  type RetrieverServices,
  type ScoreRequest,
  type ScoreRows,
} from "./types.ts";

const OPTIONS = z.strictObject({
  /** How soon repeats of a term stop to count. */
  k1: z.number().nonnegative().default(0.9),
  /** How much long texts are held back: 0 not at all, 1 in full. */
  b: z.number().min(0).max(1).default(0.4),
  /** `flat`: title and text as one field; `multifield`: a field each, with its own statistics, scores summed. */
  fields: z.enum(["flat", "multifield"]).default("flat"),
  /** `lucene`: lengths as Lucene's one byte remembers them; `exact`: as they are. */
  lengths: z.enum(["lucene", "exact"]).default("lucene"),
  /** `bm25`: the query's terms are weighted by BM25 too (BRIGHT's BM25), which tells in long queries. */
  query: z.enum(["plain", "bm25"]).default("plain"),
});
type Options = z.output<typeof OPTIONS>;

/** Part of the identity: raise it when anything in the scoring changes a score. */
const VERSION = 1;

/** Texts of each kind of fields, the one that a `bm25` query takes its statistics from first. */
const FIELD_TEXTS: Readonly<Record<Options["fields"], readonly ((view: View) => string)[]>> = {
  flat: [composeView],
  multifield: [(view) => view.text, (view) => view.title],
};

/**
 * BM25 as Lucene computes it and Anserini configures it. Statistics are those of the texts that are scored, so that
 * scenarios have their own. A row's score is a float32; 0 means that it holds no term of the query.
 */
export const bm25 = defineRetriever({
  kind: "bm25",
  summary: "BM25 on stemmed English terms, exact.",
  source: "Anserini's BM25 (Lucene's BM25Similarity and EnglishAnalyzer), https://github.com/castorini/anserini",
  options: OPTIONS,
  create: (options, services) => ({
    zeroMeansNoMatch: true,
    open: async () => ({
      identity: { kind: "bm25", version: VERSION, analysis: ENGLISH_ANALYSIS, ...options },
      estimate: (request) => estimate(request, options, services),
      score: (request) => score(request, options, services),
    }),
  }),
});

async function estimate(request: EstimateRequest, { fields }: Options, { indexes }: RetrieverServices) {
  const { corpus, scenarioSets, querySets, signal } = request;
  const estimate = { texts: 0, cached: 0, toEncode: 0, tokens: 0, vectors: 0, memoryBytes: 0, diskBytes: 0 };
  for (const { length } of querySets) estimate.texts += length;
  for (const views of [corpus, ...scenarioSets]) {
    const { memoryBytes, fileBytes } = await estimateIndexBytes(views, FIELD_TEXTS[fields], signal);
    const kept = await Promise.all(
      FIELD_TEXTS[fields].map((_, field) => indexes?.keeps(indexIdentity(views, fields, field)) ?? true),
    );
    estimate.texts += views.count;
    estimate.memoryBytes += memoryBytes;
    estimate.diskBytes += kept.every(Boolean) ? 0 : fileBytes;
  }
  return estimate;
}

async function score(request: ScoreRequest, options: Options, services: RetrieverServices): Promise<ScoreRows> {
  const { views, queries: asked } = request;
  const indexes = await openIndexes(request, options, services);
  const fields = indexes.map((index) => createBm25Field(index, options));
  const queries = asked.map(({ text }) => queryTerms(analyzeEnglish(text), fields, options));
  const sums = { scores: new Float64Array(views.count), rows: new Int32Array(views.count), count: 0 };
  return {
    encoded: 0,
    truncated: { views: 0, queries: 0 },
    row(query) {
      const { scores, rows } = sums;
      for (let at = 0; at < sums.count; at++) scores[rows[at] ?? 0] = 0;
      sums.count = 0;
      for (const field of fields) {
        for (const { term, boost } of queries[query] ?? []) field.addScores(sums, term, boost);
      }
      // Lucene returns a float32 too; without it sums that are a tie there would not be one here
      for (let at = 0; at < sums.count; at++) {
        const row = rows[at] ?? 0;
        scores[row] = Math.fround(scores[row] ?? 0);
      }
      return { scores, matched: rows.subarray(0, sums.count) };
    },
  };
}

/** An index a field, each known by the texts, their analysis and the field. */
async function openIndexes(request: ScoreRequest, { fields }: Options, { indexes }: RetrieverServices) {
  const { views } = request;
  const build = loadOnce(() => indexViews(views, FIELD_TEXTS[fields], request));
  return await Promise.all(
    FIELD_TEXTS[fields].map(async (_, field) => {
      const made = async () => (await build())[field] ?? createIndexBuilder().finish();
      if (indexes === undefined) return createIndex(await made());
      return createIndex(await indexes.open(indexIdentity(views, fields, field), made));
    }),
  );
}

function indexIdentity(views: ViewCollection, fields: Options["fields"], field: number): Json {
  return { views: views.contentHash, count: views.count, analysis: ENGLISH_ANALYSIS, fields, field };
}

function queryTerms(terms: readonly string[], [contents]: readonly Bm25Field[], options: Options): QueryTerm[] {
  return options.query === "bm25" && contents !== undefined ? bm25Query(terms, contents, options) : plainQuery(terms);
}
