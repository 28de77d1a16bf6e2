import { z } from "zod";
import { analyzeEnglish, ENGLISH_ANALYSIS } from "../analysis/english-terms.ts";
import { composeView, type ViewCollection } from "../domain/view.ts";
import { loadOnce } from "../runtime/load-once.ts";
import { murmur3 } from "./murmur3.ts";
import { defineEncoder, PLAIN_FORMS } from "./types.ts";

/** Part of the identity: raise it when anything in here changes a vector. */
const VERSION = 1;
const BATCH_SIZE = 256;

/**
 * Bag of analysed terms, folded into a fixed number of dimensions by signed hashing: needs no model, so it is the encoder
 * of the quickstart and of the tests. Texts without terms, and terms that cancel out exactly, give the zero vector.
 *
 * Weight of a term = (1 + ln tf) * idf, idf = ln(1 + (N - df + 0.5) / (df + 0.5)) over the corpus, the form of Lucene's
 * BM25Similarity, which is above 0 for every df. A term that the corpus never has, in a query or a scenario, has df = 0:
 * the largest idf. Role makes no difference.
 */
export const hashed = defineEncoder({
  kind: "hashed",
  summary: "Signed feature hashing of analysed terms, tf-idf weighted; no model, no download.",
  source: "Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009, arXiv:0902.2206",
  options: z.strictObject({
    dimensions: z
      .int()
      .min(2)
      .max(2 ** 20)
      .default(2048)
      .describe("Length of a vector. More dimensions mean fewer terms that share one."),
  }),
  create({ dimensions }) {
    return {
      open({ corpus }) {
        const idf = loadOnce(() => fitIdf(corpus));
        return Promise.resolve({
          identity: {
            kind: "hashed",
            version: VERSION,
            analysis: ENGLISH_ANALYSIS,
            dimensions,
            corpus: corpus.contentHash,
          },
          forms: PLAIN_FORMS,
          dim: dimensions,
          batchSize: BATCH_SIZE,
          async encode(texts) {
            const weigh = await idf();
            const rows = new Float32Array(texts.length * dimensions);
            for (const [row, text] of texts.entries()) rows.set(hashTerms(text, dimensions, weigh), row * dimensions);
            return { vectors: rows, truncated: [] };
          },
        });
      },
    };
  },
});

type Idf = (term: string) => number;

async function fitIdf(corpus: ViewCollection): Promise<Idf> {
  const documents = new Map<string, number>();
  let total = 0;
  for await (const view of corpus.views()) {
    for (const term of new Set(analyzeEnglish(composeView(view)))) documents.set(term, (documents.get(term) ?? 0) + 1);
    total += 1;
  }
  return (term) => {
    const df = documents.get(term) ?? 0;
    return Math.log(1 + (total - df + 0.5) / (df + 0.5));
  };
}

/** The text's vector, summed in double in the order of first occurrence. Unit norm, or zero. */
function hashTerms(text: string, dimensions: number, idf: Idf): Float64Array {
  const counts = new Map<string, number>();
  for (const term of analyzeEnglish(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const vector = new Float64Array(dimensions);
  for (const [term, tf] of counts) {
    const hash = murmur3(Buffer.from(term), 0);
    // the sign comes from the top bit and the place from the other 31, so that neither says anything about the other
    const place = (hash & 0x7fffffff) % dimensions;
    const weight = (1 + Math.log(tf)) * idf(term);
    vector[place] = (vector[place] ?? 0) + (hash >>> 31 === 0 ? weight : -weight);
  }
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return norm === 0 ? vector : vector.map((value) => value / norm);
}
