import { resolve } from "node:path";
import { z } from "zod";
import { loadOnce } from "../runtime/load-once.ts";
import { describeStaticModel, loadStaticModel } from "./static-model.ts";
import { defineEncoder, PLAIN_FORMS } from "./types.ts";

/** Part of the identity: raise it when anything in here, or the tokenizer library, changes a vector. */
const VERSION = 1;
const BATCH_SIZE = 256;
const MAX_TOKENS = 512;

/**
 * Static models of the model2vec library: the mean of the vectors of a text's tokens. Role makes no difference, and the
 * result does not depend on the batch to the last bit.
 *
 * Differs from the library in that sums are in double, that vectors always have unit norm (also where config.json says
 * `normalize: false`; cosines stay the same), that the padding which some tokenizers declare is not done (it makes a vector
 * there depend on the other texts of its batch), and in the default of `maxTokens`: `StaticModel.encode` takes 512 whatever
 * config.json says, which is `maxTokens: 512` here.
 */
export const model2vec = defineEncoder({
  kind: "model2vec",
  summary: "Mean of static token vectors (model2vec), from a model's folder; no network, no GPU.",
  source: "https://github.com/MinishLab/model2vec (StaticModel.encode)",
  options: z.strictObject({
    model: z
      .string()
      .min(1)
      .describe("Folder with model.safetensors, tokenizer.json and config.json; relative to the run file."),
    maxTokens: z
      .int()
      .min(1)
      .optional()
      .describe(
        "Tokens of a text that count; characters beyond this times the median token length are cut first. " +
          "By default `seq_length` of config.json; 512 without one.",
      ),
  }),
  create({ model, maxTokens: limit }, services) {
    const folder = resolve(services.folder, model);
    const describe = loadOnce(async () => {
      const { hash, dim, seqLength } = await describeStaticModel(folder);
      return { hash, dim, maxTokens: limit ?? seqLength ?? MAX_TOKENS };
    });
    // shared by all corpora; held for as long as the encoder is
    const load = loadOnce(async () => loadStaticModel({ folder, ...(await describe()) }));
    return {
      async open() {
        const { hash, dim, maxTokens } = await describe();
        return {
          identity: { kind: "model2vec", version: VERSION, model: hash, maxTokens },
          forms: PLAIN_FORMS,
          maxTokens,
          dim,
          batchSize: BATCH_SIZE,
          async encode(texts) {
            const loaded = await load();
            const vectors = new Float32Array(texts.length * dim);
            const truncated = texts.flatMap((text, row) =>
              loaded.embed(text, vectors.subarray(row * dim, (row + 1) * dim)) ? [row] : [],
            );
            return { vectors, truncated };
          },
        };
      },
    };
  },
});
