import type { EmbeddingCache } from "../encode/embedding-cache.ts";
import type { NamedText } from "../encode/types.ts";
import { innerProducts } from "../engine/inner-products.ts";
import { HarnessError } from "../errors.ts";
import type { VectorSource } from "../retrieve/types.ts";
import { breathe } from "../runtime/clock.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import type { TrainingQuestion } from "./choose-questions.ts";
import type { PoolSimilarities } from "./pool-rewards.ts";

/** A question and the expansions to choose from. */
export type CandidatePool = {
  readonly question: TrainingQuestion;
  /** Distinct, at least one. */
  readonly texts: readonly string[];
  /** What a model answers with the gold document before it; undefined where that is not asked for. */
  readonly answer: string | undefined;
};

export type Similarity = {
  readonly source: VectorSource;
  readonly embeddings: EmbeddingCache;
  readonly signal: AbortSignal | undefined;
};

/**
 * Similarities of every pool's texts to its gold document and answer, in the order of the pools: inner products of unit
 * vectors, exact. All texts are read as documents, as passages are when an expanded query is searched by.
 *
 * @throws {HarnessError} `SPEC_INVALID` for an encoder that knows texts by their ids alone; as `EmbeddingCache.embed`
 */
export async function poolSimilarities(
  pools: readonly CandidatePool[],
  { source, embeddings, signal }: Similarity,
): Promise<readonly PoolSimilarities[]> {
  const { encoder } = source;
  if (encoder.reads === "id") {
    throw new HarnessError("SPEC_INVALID", "vectors made elsewhere go by id, so there is none for a generated text.", {
      where: "`retriever`",
    });
  }
  const counts = pools.map(({ texts, answer }) => texts.length + 1 + (answer === undefined ? 0 : 1));
  const count = counts.reduce((sum, own) => sum + own, 0);
  const embedded = await embeddings.embed({ ...source, role: "document", count, texts: textsOf(pools), signal });
  const reader = openVectorReader(embedded.vectors);
  const all: PoolSimilarities[] = [];
  let first = 0;
  try {
    for (const [at, { texts, answer }] of pools.entries()) {
      signal?.throwIfAborted();
      const rows = new Float32Array((counts[at] ?? 0) * encoder.dim);
      reader.read(first, counts[at] ?? 0, rows);
      first += counts[at] ?? 0;
      const candidates = { count: texts.length, dim: encoder.dim, rows: rows.subarray(0, texts.length * encoder.dim) };
      const similarTo = (row: number) => {
        const out = new Float64Array(texts.length);
        innerProducts(candidates, rows.subarray(row * encoder.dim, (row + 1) * encoder.dim), out);
        return out;
      };
      all.push({
        positive: similarTo(texts.length),
        answer: answer === undefined ? undefined : similarTo(texts.length + 1),
      });
      await breathe();
    }
  } finally {
    reader.close();
  }
  return all;
}

// biome-ignore lint/suspicious/useAwait: an async generator is what `embed` takes
async function* textsOf(pools: readonly CandidatePool[]): AsyncGenerator<NamedText> {
  for (const { question, texts, answer } of pools) {
    for (const [at, text] of texts.entries()) yield { id: `${question.id}#${at}`, text };
    yield question.positive;
    if (answer !== undefined) yield { id: `${question.id}, answer`, text: answer };
  }
}
