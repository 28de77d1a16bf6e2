import { z } from "zod";
import { checkFragment } from "../component.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import { composeView, type ViewCollection } from "../domain/view.ts";
import { estimateEncoding } from "../encode/estimate-encoding.ts";
import { createEncoder, encoders } from "../encode/registry.ts";
import type { Encoder, NamedText } from "../encode/types.ts";
import { innerProducts } from "../engine/flat.ts";
import { HarnessError } from "../errors.ts";
import { KEY_BYTES } from "../storage/arrow-shards.ts";
import { defineRetriever, type EstimateRequest, type RetrieverServices, type ScoreRequest } from "./types.ts";

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
  }),
  create({ encoder: fragment }, services) {
    const source = createEncoder(fragment, services);
    return {
      zeroMeansNoMatch: false,
      async open(dataset) {
        const encoder = await source.open(dataset);
        return {
          identity: { kind: "dense", encoder: encoder.identity, forms: encoder.forms },
          vectors: { encoder, storage: "float32" },
          estimate: (request) => estimate(encoder, services, request),
          score: (request) => score(encoder, services, request),
        };
      },
    };
  },
});

async function estimate(
  encoder: Encoder,
  { embeddings }: RetrieverServices,
  { corpus, scenarioSets, querySets, isNew, signal }: EstimateRequest,
): Promise<ScoreEstimate> {
  const views = sum([corpus, ...scenarioSets].map(({ count }) => count));
  const queries = querySets.map(({ length }) => length);
  const { missing, toEncode, tokens } = await estimateEncoding(embeddings, {
    encoder,
    texts: [
      { role: "document", texts: textsOf(corpus) },
      ...scenarioSets.map((set) => ({ role: "scenario" as const, texts: textsOf(set) })),
      ...querySets.map((set) => ({ role: "query" as const, texts: stream(set) })),
    ],
    isNew,
    signal,
  });
  const texts = views + sum(queries);
  const vectorBytes = encoder.dim * Float32Array.BYTES_PER_ELEMENT;
  return {
    ...{ texts, cached: texts - missing, toEncode, tokens, vectors: texts },
    // one query set at a time
    memoryBytes: (views + Math.max(0, ...queries)) * vectorBytes,
    diskBytes: toEncode * (vectorBytes + KEY_BYTES),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function score(encoder: Encoder, { embeddings }: RetrieverServices, request: ScoreRequest) {
  const { views, role, queries, signal, onProgress } = request;
  const texts = textsOf(views);
  const indexed = await embeddings.embed({ encoder, role, count: views.count, texts, signal, onProgress });
  const asked = await embeddings.embed({
    encoder,
    role: "query",
    count: queries.length,
    texts: stream(queries),
    signal,
  });
  const { dim, rows } = asked.embeddings;
  const scores = new Float64Array(views.count);
  return {
    encoded: indexed.encoded + asked.encoded,
    truncated: { views: indexed.truncated, queries: asked.truncated },
    row(query: number) {
      innerProducts(indexed.embeddings, rows.subarray(query * dim, (query + 1) * dim), scores);
      return scores;
    },
  };
}

async function* textsOf(views: ViewCollection): AsyncGenerator<NamedText> {
  for await (const view of views.views()) yield { id: view.id, text: composeView(view) };
}

async function* stream(texts: readonly NamedText[]): AsyncGenerator<NamedText> {
  yield* texts;
}
