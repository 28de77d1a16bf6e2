import { z } from "zod";
import { checkFragment } from "../component.ts";
import type { ScoreEstimate } from "../domain/forecast.ts";
import { composeView, type ViewCollection } from "../domain/view.ts";
import { createEncoder, encoders } from "../encode/registry.ts";
import type { Encoder } from "../encode/types.ts";
import { innerProducts } from "../engine/inner-products.ts";
import { HarnessError } from "../errors.ts";
import { KEY_BYTES } from "../storage/arrow-shards.ts";
import { defineRetriever, type RetrieverServices, type ScoreRequest } from "./types.ts";

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
      async open(corpus) {
        const encoder = await source.open(corpus);
        return {
          identity: { kind: "dense", encoder: encoder.identity },
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
  { views, role, queryTexts }: ScoreRequest,
): Promise<ScoreEstimate> {
  const toEncode =
    (await embeddings.missing(encoder, role, textsOf(views))) +
    (await embeddings.missing(encoder, "query", stream(queryTexts)));
  const texts = views.count + queryTexts.length;
  const vectorBytes = encoder.dim * Float32Array.BYTES_PER_ELEMENT;
  return {
    texts,
    toEncode,
    vectors: texts,
    memoryBytes: texts * vectorBytes,
    diskBytes: toEncode * (vectorBytes + KEY_BYTES),
  };
}

async function score(encoder: Encoder, { embeddings }: RetrieverServices, request: ScoreRequest) {
  const { views, role, queryTexts, signal, onProgress } = request;
  const texts = textsOf(views);
  const indexed = await embeddings.embed({ encoder, role, count: views.count, texts, signal, onProgress });
  const asked = await embeddings.embed({
    encoder,
    role: "query",
    count: queryTexts.length,
    texts: stream(queryTexts),
    signal,
  });
  const { dim, rows } = asked.embeddings;
  const scores = new Float64Array(views.count);
  return {
    encoded: indexed.encoded + asked.encoded,
    row(query: number) {
      innerProducts(indexed.embeddings, rows.subarray(query * dim, (query + 1) * dim), scores);
      return scores;
    },
  };
}

async function* textsOf(views: ViewCollection): AsyncGenerator<string> {
  for await (const view of views.views()) yield composeView(view);
}

async function* stream(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}
