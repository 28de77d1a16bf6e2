import { z } from "zod";
import type { Fragment } from "../component.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import { composeView, type ViewCollection, type ViewRole } from "../domain/view.ts";
import type { EmbeddedTexts, EmbeddingCache } from "../encode/embedding-cache.ts";
import { estimateEncoding } from "../encode/estimate-encoding.ts";
import { createEncoder, encoders } from "../encode/registry.ts";
import type { NamedText } from "../encode/types.ts";
import { engines } from "../engine/registry.ts";
import type { Engine } from "../engine/types.ts";
import { KEY_BYTES, VALUE_BYTES } from "../storage/shard-layout.ts";
import { feedBackVectors } from "./feed-back-vectors.ts";
import { createVectorFeedback, vectorFeedbacks } from "./feedback/registry.ts";
import type { VectorFeedback } from "./feedback/types.ts";
import { fragmentOption } from "./fragment-option.ts";
import { embedQueries, queryTexts } from "./query-vectors.ts";
import {
  defineRetriever,
  type EncodeTask,
  type EstimateRequest,
  type RetrieverServices,
  type Search,
  type SearchTask,
  type VectorSource,
} from "./types.ts";

/** Values of a corpus's vectors that the plain engine is quick with. */
const TINY = 2 ** 20;

/** Inner product of a query's vector and a view's. Cosine, as encoders normalise. Exact unless the engine says otherwise. */
export const dense = defineRetriever({
  kind: "dense",
  summary: "Inner product of query and document vectors, exact.",
  source: "Karpukhin et al., Dense Passage Retrieval, EMNLP 2020, arXiv:2004.04906",
  options: z.strictObject({
    encoder: fragmentOption("encoder", encoders)
      .default({ kind: "hashed" })
      .describe("What turns texts into vectors: its `kind` and its own options."),
    engine: fragmentOption("engine", engines)
      .optional()
      .describe("What searches the vectors: its `kind` and its own options. `flat` for a tiny corpus, else `auto`."),
    storage: z
      .enum(["float32", "float16"])
      .default("float32")
      .describe("How vectors are stored, those of queries too; float16 takes half the disk and rounds every value."),
    feedback: fragmentOption("feedback", vectorFeedbacks)
      .optional()
      .describe("How the best documents of a first search move the query's vector; see `spikebench list feedback`."),
  }),
  fragments: { encoder: encoders, engine: engines, feedback: vectorFeedbacks },
  create({ encoder: fragment, engine: chosen, storage, feedback: learnt }, services) {
    const feedback = learnt && createVectorFeedback(learnt);
    const source = createEncoder(fragment, services);
    return {
      zeroMeansNoMatch: false,
      async open(dataset) {
        const vectors = { encoder: await source.open(dataset), storage };
        const { identity, forms, dim } = vectors.encoder;
        const engine = await services.engine(chosen ?? engineFor(dataset.corpus.count * dim));
        return {
          identity: {
            kind: "dense",
            encoder: identity,
            forms,
            storage,
            engine: engine.identity,
            feedback: feedback?.identity,
          },
          vectors,
          engine: { identity: engine.identity, notes: engine.notes },
          ranks: true,
          // an approximate index of a part finds other documents than one of the whole, and so does a query that learns of a part
          divisible: engine.notes.length === 0 && feedback === undefined,
          encode: (task) => encode(task, vectors, services),
          estimate: (request) => estimate({ vectors, feedback }, services, request),
          search: (task) => search(task, { source: vectors, engine, embeddings: services.embeddings, feedback }),
        };
      },
    };
  },
});

/** Where starting threads takes longer than searching, and where the same digits come out on every machine. */
function engineFor(values: number): Fragment {
  return { kind: values <= TINY ? "flat" : "auto" };
}

async function estimate(
  { vectors: source, feedback }: { readonly vectors: VectorSource; readonly feedback: VectorFeedback | undefined },
  { embeddings }: RetrieverServices,
  { corpus, scenarioSets, querySets, isNew, signal }: EstimateRequest,
): Promise<ScoreEstimate> {
  const views = sum([corpus, ...scenarioSets].map(({ count }) => count));
  const queries = querySets.map(({ length }) => length);
  const asked = querySets.flatMap((set) => queryTexts(set, source.encoder));
  const { missing, toEncode, tokens } = await estimateEncoding(embeddings, {
    ...source,
    texts: [
      { role: "document", texts: textsOf(corpus) },
      ...scenarioSets.map((set) => ({ role: "scenario" as const, texts: textsOf(set) })),
      ...asked.map(({ role, texts }) => ({ role, texts: stream(texts) })),
    ],
    isNew,
    signal,
  });
  const texts = views + sum(asked.map((own) => own.texts.length));
  const { dim } = source.encoder;
  return {
    ...{ texts, cached: texts - missing, toEncode, tokens, vectors: texts },
    // one query set at a time, twice while it is moved
    memoryBytes:
      (views + (feedback === undefined ? 1 : 2) * Math.max(0, ...queries)) * dim * Float32Array.BYTES_PER_ELEMENT,
    diskBytes: toEncode * (dim * VALUE_BYTES[source.storage] + KEY_BYTES),
  };
}

async function encode(
  task: EncodeTask,
  source: VectorSource,
  { embeddings }: Pick<RetrieverServices, "embeddings">,
): Promise<number> {
  const { signal, onProgress } = task;
  const collections =
    task.role === "query"
      ? queryTexts(task.queries, source.encoder).map(({ role, texts }) => ({
          role,
          count: texts.length,
          texts: stream(texts),
        }))
      : [{ role: task.role, count: task.views.count, texts: textsOf(task.views) }];
  let encoded = 0;
  for (const own of collections) encoded += (await embeddings.embed({ ...source, ...own, signal, onProgress })).encoded;
  return encoded;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

type SearchParts = {
  readonly source: VectorSource;
  readonly engine: Engine;
  readonly embeddings: EmbeddingCache;
  readonly feedback: VectorFeedback | undefined;
};

async function search(task: SearchTask, { source, engine, embeddings, feedback }: SearchParts): Promise<Search> {
  const { documents, scenarios, queries, signal, watch } = task;
  function embed(role: ViewRole, views: ViewCollection): Promise<EmbeddedTexts> {
    const { count } = views;
    const onProgress = (done: number) => watch?.(`${role}s`, done, count);
    return embeddings.embed({ ...source, role, count, texts: textsOf(views), signal, onProgress });
  }
  const bodies = await embed("document", documents);
  const needs = scenarios === undefined ? undefined : await embed("scenario", scenarios.views);
  const asked = await embedQueries(queries, { source, embeddings, signal });
  const ranked = { vectors: bodies.vectors, ties: task.ties };
  const moved =
    feedback === undefined
      ? asked.vectors
      : await feedBackVectors(feedback, {
          ...{ engine, documents: ranked, queries: asked.vectors, excluded: task.excluded, signal },
          onProgress: (done, total) => watch?.("feedback", done, total),
        });
  return {
    encoded: bodies.encoded + (needs?.encoded ?? 0) + asked.encoded,
    truncated: { documents: bodies.truncated, scenarios: needs?.truncated ?? 0, queries: asked.truncated },
    answers: engine.search({
      ...task.questions,
      documents: ranked,
      scenarios:
        scenarios === undefined || needs === undefined
          ? undefined
          : { vectors: needs.vectors, ties: scenarios.layout.scenarioTies, offsets: scenarios.layout.offsets },
      queries: moved,
      excluded: task.excluded,
      signal,
      onProgress: (done, total) => watch?.("search", done, total),
    }),
  };
}

async function* textsOf(views: ViewCollection): AsyncGenerator<NamedText> {
  for await (const view of views.views()) yield { id: view.id, text: composeView(view) };
}

async function* stream(texts: readonly NamedText[]): AsyncGenerator<NamedText> {
  yield* texts;
}
