import { z } from "zod";
import { checkFragment, type Fragment, type Registry } from "../component.ts";
import type { Embeddings, StoredVectors } from "../domain/embeddings.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import { composeView, type ViewCollection, type ViewRole } from "../domain/view.ts";
import type { EmbeddedTexts, EmbeddingCache } from "../encode/embedding-cache.ts";
import { estimateEncoding } from "../encode/estimate-encoding.ts";
import { createEncoder, encoders } from "../encode/registry.ts";
import type { NamedText } from "../encode/types.ts";
import { engines } from "../engine/registry.ts";
import type { Engine } from "../engine/types.ts";
import { HarnessError } from "../errors.ts";
import { breathe } from "../runtime/clock.ts";
import { KEY_BYTES, VALUE_BYTES } from "../storage/shard-layout.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import {
  defineRetriever,
  type EncodeTask,
  type EstimateRequest,
  type RetrieverServices,
  type Search,
  type SearchTask,
  type VectorSource,
} from "./types.ts";

/** Rows read between two turns of the event loop. */
const ROWS_PER_TURN = 4096;
/** Values of a corpus's vectors that the plain engine is quick with. */
const TINY = 2 ** 20;

/** A fragment of another room, checked together with the retriever's own options. */
function fragmentOf<Made, Services>(room: string, registry: Registry<Made, Services>) {
  return z.looseObject({ kind: z.string() }).superRefine((fragment, context) => {
    try {
      checkFragment(room, registry, fragment);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  });
}

/** Inner product of a query's vector and a view's. Cosine, as encoders normalise. Exact unless the engine says otherwise. */
export const dense = defineRetriever({
  kind: "dense",
  summary: "Inner product of query and document vectors, exact.",
  source: "Karpukhin et al., Dense Passage Retrieval, EMNLP 2020, arXiv:2004.04906",
  options: z.strictObject({
    encoder: fragmentOf("encoder", encoders)
      .default({ kind: "hashed" })
      .describe("What turns texts into vectors: its `kind` and its own options."),
    engine: fragmentOf("engine", engines)
      .optional()
      .describe("What searches the vectors: its `kind` and its own options. `flat` for a tiny corpus, else `auto`."),
    storage: z
      .enum(["float32", "float16"])
      .default("float32")
      .describe("How vectors are stored, those of queries too; float16 takes half the disk and rounds every value."),
  }),
  create({ encoder: fragment, engine: chosen, storage }, services) {
    const source = createEncoder(fragment, services);
    return {
      zeroMeansNoMatch: false,
      async open(dataset) {
        const vectors = { encoder: await source.open(dataset), storage };
        const { identity, forms, dim } = vectors.encoder;
        const engine = await services.engine(chosen ?? engineFor(dataset.corpus.count * dim));
        return {
          identity: { kind: "dense", encoder: identity, forms, storage, engine: engine.identity },
          vectors,
          engine: { identity: engine.identity, notes: engine.notes },
          ranks: true,
          // an approximate index of a part finds other documents than one of the whole
          divisible: engine.notes.length === 0,
          encode: (task) => encode(task, vectors, services),
          estimate: (request) => estimate(vectors, services, request),
          search: (task) => search(task, { source: vectors, engine, embeddings: services.embeddings }),
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
  source: VectorSource,
  { embeddings }: RetrieverServices,
  { corpus, scenarioSets, querySets, isNew, signal }: EstimateRequest,
): Promise<ScoreEstimate> {
  const views = sum([corpus, ...scenarioSets].map(({ count }) => count));
  const queries = querySets.map(({ length }) => length);
  const { missing, toEncode, tokens } = await estimateEncoding(embeddings, {
    ...source,
    texts: [
      { role: "document", texts: textsOf(corpus) },
      ...scenarioSets.map((set) => ({ role: "scenario" as const, texts: textsOf(set) })),
      ...querySets.map((set) => ({ role: "query" as const, texts: stream(set) })),
    ],
    isNew,
    signal,
  });
  const texts = views + sum(queries);
  const { dim } = source.encoder;
  return {
    ...{ texts, cached: texts - missing, toEncode, tokens, vectors: texts },
    // one query set at a time
    memoryBytes: (views + Math.max(0, ...queries)) * dim * Float32Array.BYTES_PER_ELEMENT,
    diskBytes: toEncode * (dim * VALUE_BYTES[source.storage] + KEY_BYTES),
  };
}

async function encode(
  task: EncodeTask,
  source: VectorSource,
  { embeddings }: Pick<RetrieverServices, "embeddings">,
): Promise<number> {
  const { role, signal, onProgress } = task;
  const texts =
    task.role === "query"
      ? { count: task.queries.length, texts: stream(task.queries) }
      : { count: task.views.count, texts: textsOf(task.views) };
  return (await embeddings.embed({ ...source, role, ...texts, signal, onProgress })).encoded;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

type SearchParts = {
  readonly source: VectorSource;
  readonly engine: Engine;
  readonly embeddings: EmbeddingCache;
};

async function search(task: SearchTask, { source, engine, embeddings }: SearchParts): Promise<Search> {
  const { documents, scenarios, queries, signal, watch } = task;
  function embed(role: ViewRole, views: ViewCollection): Promise<EmbeddedTexts> {
    const { count } = views;
    const onProgress = (done: number) => watch?.(`${role}s`, done, count);
    return embeddings.embed({ ...source, role, count, texts: textsOf(views), signal, onProgress });
  }
  const bodies = await embed("document", documents);
  const needs = scenarios === undefined ? undefined : await embed("scenario", scenarios.views);
  const asked = await embeddings.embed({
    ...source,
    ...{ role: "query", count: queries.length, texts: stream(queries), signal },
  });
  const vectors = await readEmbeddings(asked.vectors, signal);
  return {
    encoded: bodies.encoded + (needs?.encoded ?? 0) + asked.encoded,
    truncated: { documents: bodies.truncated, scenarios: needs?.truncated ?? 0, queries: asked.truncated },
    answers: engine.search({
      ...task.questions,
      documents: { vectors: bodies.vectors, ties: task.ties },
      scenarios:
        scenarios === undefined || needs === undefined
          ? undefined
          : { vectors: needs.vectors, ties: scenarios.layout.scenarioTies, offsets: scenarios.layout.offsets },
      queries: vectors,
      excluded: task.excluded,
      signal,
      onProgress: (done, total) => watch?.("search", done, total),
    }),
  };
}

/** Takes vectors into memory. */
async function readEmbeddings(vectors: StoredVectors, signal: AbortSignal | undefined): Promise<Embeddings> {
  const { count, dim } = vectors;
  const rows = new Float32Array(count * dim);
  const reader = openVectorReader(vectors);
  try {
    for (let first = 0; first < count; first += ROWS_PER_TURN) {
      signal?.throwIfAborted();
      const block = Math.min(ROWS_PER_TURN, count - first);
      reader.read(first, block, rows.subarray(first * dim, (first + block) * dim));
      await breathe();
    }
  } finally {
    reader.close();
  }
  return { count, dim, rows };
}

async function* textsOf(views: ViewCollection): AsyncGenerator<NamedText> {
  for await (const view of views.views()) yield { id: view.id, text: composeView(view) };
}

async function* stream(texts: readonly NamedText[]): AsyncGenerator<NamedText> {
  yield* texts;
}
