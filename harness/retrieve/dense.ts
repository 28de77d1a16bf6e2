import { z } from "zod";
import { checkFragment } from "../component.ts";
import type { Embeddings, StoredVectors } from "../domain/embeddings.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import { composeView, type ViewCollection } from "../domain/view.ts";
import { estimateEncoding } from "../encode/estimate-encoding.ts";
import { createEncoder, encoders } from "../encode/registry.ts";
import type { NamedText } from "../encode/types.ts";
import { innerProducts } from "../engine/inner-products.ts";
import { HarnessError } from "../errors.ts";
import { breathe } from "../runtime/clock.ts";
import { KEY_BYTES, VALUE_BYTES } from "../storage/shard-layout.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import {
  defineRetriever,
  type EstimateRequest,
  type RetrieverServices,
  type ScoreRequest,
  type VectorSource,
} from "./types.ts";

/** Rows read between two turns of the event loop. */
const ROWS_PER_TURN = 4096;

/** An encoder's fragment, checked together with the retriever's own options. */
const encoderFragment = z
  .looseObject({ kind: z.string() })
  .superRefine((fragment, context) => {
    try {
      checkFragment("encoder", encoders, fragment);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  })
  .default({ kind: "hashed" });

/** Inner product of a query's vector and a view's, exact over the whole collection. Cosine, as encoders normalise. */
export const dense = defineRetriever({
  kind: "dense",
  summary: "Inner product of query and document vectors, exact.",
  source: "Karpukhin et al., Dense Passage Retrieval, EMNLP 2020, arXiv:2004.04906",
  options: z.strictObject({
    encoder: encoderFragment.describe("What turns texts into vectors: its `kind` and its own options."),
    storage: z
      .enum(["float32", "float16"])
      .default("float32")
      .describe("How vectors are stored, those of queries too; float16 takes half the disk and rounds every value."),
  }),
  create({ encoder: fragment, storage }, services) {
    const source = createEncoder(fragment, services);
    return {
      zeroMeansNoMatch: false,
      async open(dataset) {
        const vectors = { encoder: await source.open(dataset), storage };
        const { identity, forms } = vectors.encoder;
        return {
          identity: { kind: "dense", encoder: identity, forms, storage },
          vectors,
          estimate: (request) => estimate(vectors, services, request),
          score: (request) => score(vectors, services, request),
        };
      },
    };
  },
});

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

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function score(source: VectorSource, { embeddings }: RetrieverServices, request: ScoreRequest) {
  const { views, role, queries, signal, onProgress } = request;
  const texts = textsOf(views);
  const indexed = await embeddings.embed({ ...source, role, count: views.count, texts, signal, onProgress });
  const query = { role: "query", count: queries.length, texts: stream(queries) } as const;
  const asked = await embeddings.embed({ ...source, ...query, signal });
  const rows = await readEmbeddings(indexed.vectors, signal);
  const { dim, rows: queryRows } = await readEmbeddings(asked.vectors, signal);
  const scores = new Float64Array(views.count);
  return {
    encoded: indexed.encoded + asked.encoded,
    truncated: { views: indexed.truncated, queries: asked.truncated },
    row(query: number) {
      innerProducts(rows, queryRows.subarray(query * dim, (query + 1) * dim), scores);
      return { scores, matched: undefined };
    },
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
