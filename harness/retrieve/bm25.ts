import { z } from "zod";
import { analyzeEnglish, ENGLISH_ANALYSIS } from "../analysis/english-terms.ts";
import { composeView, type View, type ViewCollection } from "../domain/view.ts";
import { breathe } from "../runtime/clock.ts";
import { loadOnce } from "../runtime/load-once.ts";
import type { Json } from "../storage/content-hash.ts";
import { type Bm25Field, createBm25Field } from "./bm25-field.ts";
import { estimateFeedbackBytes, feedbackDocuments } from "./feed-back-terms.ts";
import { createTermFeedback, termFeedbacks } from "./feedback/registry.ts";
import type { TermFeedback } from "./feedback/types.ts";
import { fragmentOption } from "./fragment-option.ts";
import { estimateIndexBytes, indexViews } from "./index-views.ts";
import { createIndex, createIndexBuilder, type InvertedIndex } from "./inverted-index.ts";
import { bm25Query, plainQuery, type QueryTerm } from "./query-terms.ts";
import { createRowSums, type RowSums, type TermScores } from "./row-sums.ts";
import {
  defineRetriever,
  type EstimateRequest,
  type RetrieverServices,
  type Search,
  type SearchAnswer,
  type SearchTask,
} from "./types.ts";

const OPTIONS = z.strictObject({
  k1: z.number().nonnegative().default(0.9).describe("How soon repeats of a term stop to count."),
  b: z.number().min(0).max(1).default(0.4).describe("How much long texts are held back: 0 not at all, 1 in full."),
  fields: z
    .enum(["flat", "multifield"])
    .default("flat")
    .describe("Title and text as one field, or a field each, with its own statistics, scores summed."),
  lengths: z
    .enum(["lucene", "exact"])
    .default("lucene")
    .describe("Lengths of texts as Lucene's one byte remembers them, or as they are."),
  query: z
    .enum(["plain", "bm25"])
    .default("plain")
    .describe("`bm25`: the query's terms are weighted by BM25 too, as BRIGHT's BM25 does; it tells in long queries."),
  feedback: fragmentOption("feedback", termFeedbacks)
    .optional()
    .describe("How the best documents of a first search add terms to the query; see `spikebench list feedback`."),
});
type Options = z.output<typeof OPTIONS>;

const NO_SCORES = new Float64Array(0);

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
  fragments: { feedback: termFeedbacks },
  create(options, services) {
    const feedback = options.feedback && createTermFeedback(options.feedback);
    const parts = { options, services, feedback };
    const identity = { kind: "bm25", version: VERSION, analysis: ENGLISH_ANALYSIS, ...options };
    return {
      zeroMeansNoMatch: true,
      open: async () => ({
        identity: { ...identity, feedback: feedback?.identity },
        estimate: (request) => estimate(request, parts),
        ranks: false,
        divisible: false,
        search: (task) => search(task, parts),
      }),
    };
  },
});

async function estimate(
  request: EstimateRequest,
  { options: { fields }, services: { indexes }, feedback }: SearchParts,
) {
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
  if (feedback !== undefined) {
    const queries = Math.max(0, ...querySets.map(({ length }) => length));
    estimate.memoryBytes += estimateFeedbackBytes(feedback, { documents: corpus.count, queries });
  }
  return estimate;
}

async function search(task: SearchTask, parts: SearchParts): Promise<Search> {
  const { documents, scenarios, watch } = task;
  const { feedback } = parts;
  const open = async (views: ViewCollection, onProgress: (done: number) => void) =>
    createSearched(await openIndexes(views, { ...task, onProgress }, parts), task.queries, parts.options);
  const bodies = await open(documents, (done) => watch?.("documents", done, documents.count));
  const needs =
    scenarios === undefined
      ? undefined
      : await open(scenarios.views, (done) => watch?.("scenarios", done, scenarios.views.count));
  const channels = { bodies, needs };
  return {
    encoded: 0,
    truncated: { documents: 0, scenarios: 0, queries: 0 },
    answers: answersOf(task, feedback === undefined ? channels : await feedBack(feedback, channels, task)),
  };
}

/** What is searched, each with the queries in its own weights. */
type Channels = { readonly bodies: Searched; readonly needs: Searched | undefined };

/** The same channels and the new queries, which both channels owe to the documents alone. */
async function feedBack(feedback: TermFeedback, { bodies, needs }: Channels, task: SearchTask): Promise<Channels> {
  const found = await feedbackDocuments(feedback, {
    ...{ ...bodies, ties: task.ties, excluded: task.excluded, signal: task.signal },
    onProgress: (done, total) => task.watch?.("feedback", done, total),
  });
  const expanded = (channel: Searched): Searched => ({
    ...channel,
    queries: channel.queries.map((query, position) => feedback.expand(query, found[position] ?? [])),
  });
  return { bodies: expanded(bodies), needs: needs && expanded(needs) };
}

async function* answersOf(task: SearchTask, { bodies, needs }: Channels): AsyncGenerator<SearchAnswer> {
  for (const query of task.queries.keys()) {
    task.signal?.throwIfAborted();
    const { scores: document, matched } = bodies.score(bodies.queries[query] ?? []);
    const scenario = needs?.score(needs.queries[query] ?? []).scores ?? NO_SCORES;
    yield { query, sweeps: [], cuts: [], scores: { document, scenario }, matched };
    task.watch?.("search", query + 1, task.queries.length);
    await breathe();
  }
}

/** A collection that can be searched. */
type Searched = {
  /** Of its contents: title and text, or the text where titles are a field of their own. */
  readonly index: InvertedIndex;
  readonly queries: readonly (readonly QueryTerm[])[];
  /** A query's scores, and the rows that have one; both arrays are used again by the next call. */
  score(query: readonly QueryTerm[]): RowSums;
};

function createSearched(indexes: readonly InvertedIndex[], asked: SearchTask["queries"], options: Options): Searched {
  const fields = indexes.map((index) => createBm25Field(index, options));
  const [index = createIndex(createIndexBuilder().finish())] = indexes;
  const sum = createRowSums(index.lengths.length);
  return {
    index,
    queries: asked.map(({ text }) => queryTerms(analyzeEnglish(text), fields, options)),
    score: (query) => sum(termScores(query, fields)),
  };
}

function* termScores(query: readonly QueryTerm[], fields: readonly Bm25Field[]): Generator<TermScores> {
  for (const field of fields) {
    for (const { term, boost } of query) {
      const scores = field.termScores(term, boost);
      if (scores !== undefined) yield scores;
    }
  }
}

type SearchParts = {
  readonly options: Options;
  readonly services: RetrieverServices;
  readonly feedback: TermFeedback | undefined;
};

/** An index a field, each known by the texts, their analysis and the field. */
async function openIndexes(
  views: ViewCollection,
  watching: Parameters<typeof indexViews>[2],
  { options: { fields }, services: { indexes } }: SearchParts,
): Promise<readonly InvertedIndex[]> {
  const build = loadOnce(() => indexViews(views, FIELD_TEXTS[fields], watching));
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
