import { describe, expect, it } from "vitest";
import { createEncoder } from "../../harness/encode/registry.ts";
import { fc } from "../seeded-fast-check.ts";
import { collection, searched } from "./collection.ts";
import { expectNear, pooled, tinyEncoders, unit, vectorsOf } from "./tiny-encoder.ts";
import { attend, TOKEN_VECTORS, TOKENS, tinyTransformerFiles, writeFiles } from "./tiny-transformer.ts";

const { openTiny, openIn, place } = tinyEncoders();

describe("transformers encoder", () => {
  it("gives the unit mean of the vectors of all tokens, the special ones too", async () => {
    const { embed } = await openTiny();
    // [CLS] (0, 2), cats (3, 4), chase (1, 0), dogs (0, 1), [SEP] (1, 1)
    expectNear(await embed("Cats chase dogs"), unit([0 + 3 + 1 + 0 + 1, 2 + 4 + 0 + 1 + 1]));
  });

  it.each(["mean", "cls", "last-token"] as const)("pools as told: %s", async (pooling) => {
    const { embed } = await openTiny({ graph: "attention" }, { pooling });
    const vectors = attend(vectorsOf("[CLS]", "rain", "##bow", "[SEP]"));
    expectNear(await embed("rainbow"), pooled(vectors, pooling));
  });

  it.each(["mean", "cls", "last-token"] as const)(
    "heeds no padding, whatever texts share the batch: %s",
    async (pooling) => {
      const { encoder } = await openTiny({ graph: "attention" }, { pooling, batchSize: 3 });
      // none that cancel out, which would blow up the rounding of single precision
      const words = fc.constantFrom("cats", "dogs", "chase");
      const texts = fc.array(fc.array(words, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(texts, async (batch) => {
          const { vectors } = await encoder.encode(
            batch.map((text) => text.join(" ")),
            "document",
          );
          for (const [row, text] of batch.entries()) {
            const expected = pooled(attend(vectorsOf("[CLS]", ...text, "[SEP]")), pooling);
            expectNear([...vectors.subarray(row * 2, row * 2 + 2)], expected);
          }
        }),
        { numRuns: 25 },
      );
    },
  );

  it("puts the text into the form of its role", async () => {
    const instructions = { query: "query: {text}", scenario: "rain {text}" };
    const { embed, encoder } = await openTiny({}, { instructions, pooling: "mean" });
    const mean = (...tokens: readonly string[]) => pooled(vectorsOf("[CLS]", ...tokens, "[SEP]"), "mean");
    expectNear(await embed("dogs", "query"), mean("query", ":", "dogs"));
    expectNear(await embed("dogs", "document"), mean("dogs"));
    expectNear(await embed("dogs", "scenario"), mean("rain", "dogs"));
    expectNear(await embed("$& dogs", "query"), mean("query", ":", "[UNK]", "[UNK]", "dogs"));
    expect(encoder.forms).toEqual({
      query: { template: "query: {text}", maxTokens: 32 },
      document: { template: "{text}", maxTokens: 32 },
      scenario: { template: "rain {text}", maxTokens: 32 },
    });
  });

  it.each([
    { truncationSide: "right", kept: ["cats", "chase"] },
    { truncationSide: "left", kept: ["chase", "rain"] },
  ])(
    "cuts a long text on the $truncationSide, keeps its special tokens, and says so",
    async ({ truncationSide, kept }) => {
      const { encoder } = await openTiny({}, { maxTokens: 4, truncationSide });
      const { vectors, truncated } = await encoder.encode(["dogs chase", "cats chase rain", "cats"], "document");
      expect(truncated).toEqual([1]);
      expectNear([...vectors.subarray(2, 4)], pooled(vectorsOf("[CLS]", ...kept, "[SEP]"), "mean"));
    },
  );

  it("has limits by role, scenarios that of documents", async () => {
    const { encoder } = await openTiny({}, { maxTokens: { query: 8, document: 16 } });
    const limits = Object.fromEntries(Object.entries(encoder.forms).map(([role, form]) => [role, form.maxTokens]));
    expect(limits).toEqual({ query: 8, document: 16, scenario: 16 });
  });

  it("takes its limit from the model's files, not from the truncation in tokenizer.json", async () => {
    // that says 4; tokenizer_config.json says 32
    const { encoder } = await openTiny();
    expect((await encoder.encode(["cats ".repeat(30), "cats ".repeat(31)], "document")).truncated).toEqual([1]);
    const sentences = { "sentence_bert_config.json": Buffer.from('{"max_seq_length": 7}') };
    expect((await openTiny({}, {}, sentences)).encoder.forms.query.maxTokens).toBe(7);
    const endless = await openTiny({ tokenizerConfig: { model_max_length: 1e30 } });
    expect(endless.encoder.forms.query.maxTokens).toBe(64);
  });

  it("takes pooling from the files of sentence-transformers when nothing else says it", async () => {
    const cls = {
      "1_Pooling/config.json": Buffer.from('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}'),
    };
    const { embed } = await openTiny({}, { pooling: undefined }, cls);
    expectNear(await embed("cats"), unit([0, 2]));
    await expect(openTiny({}, { pooling: undefined })).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it("adds the end token where the tokenizer does not, and only there", async () => {
    const open = async (post: unknown) => {
      const tokenizer = { post_processor: post };
      return await openTiny({ tokenizer }, { pooling: "last-token", endToken: "[SEP]" });
    };
    const bert = { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] };
    expectNear(await (await open(null)).embed("cats"), unit([1, 1]));
    expectNear(await (await open(bert)).embed("cats"), unit([1, 1]));
    const mean = await openTiny({ tokenizer: { post_processor: bert } }, { endToken: "[SEP]" });
    expectNear(await mean.embed("cats"), pooled(vectorsOf("[CLS]", "cats", "[SEP]"), "mean"));
    const { embed } = await openTiny({}, { endToken: "</s>" });
    await expect(embed("cats")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it.each(["", " \n\t", "\u0000"])(
    "gives a text without content the zero vector, also with an instruction: %j",
    async (text) => {
      const { encoder } = await openTiny({}, text === "\u0000" ? {} : { instructions: { query: "query: {text}" } });
      const { vectors, truncated } = await encoder.encode(["cats", text], "query");
      expect([...vectors.subarray(2)]).toEqual([0, 0]);
      expect(truncated).toEqual([]);
    },
  );

  it("reads half precision", async () => {
    const { embed } = await openTiny({ half: true });
    expectNear(await embed("cats chase dogs"), unit([5, 8]));
  });

  it("gives quantised models each text alone, as their numbers are scaled by the largest of a batch", async () => {
    const path = place();
    const { "onnx/model.onnx": quantised = Buffer.of(), ...rest } = tinyTransformerFiles({ graph: "quantised" });
    await writeFiles(path, { ...rest, "onnx/model_quantized.onnx": quantised, "onnx/model.onnx": quantised });
    const texts = ["chase dogs", "cats rainbow cats rainbow"];
    const alone = async (dtype: string) => {
      const { encoder } = await openIn(path, { dtype });
      const together = (await encoder.encode(texts, "document")).vectors;
      return {
        together: [...together.subarray(0, 2)],
        alone: [...(await encoder.encode(texts.slice(0, 1), "document")).vectors],
      };
    };
    const q8 = await alone("q8");
    expect(q8.together).toEqual(q8.alone);
    // the same graph under another name shows what would happen
    const fp32 = await alone("fp32");
    expect(fp32.together).not.toEqual(fp32.alone);
  });

  it("loads weights that lie in a file beside the graph", async () => {
    const { embed } = await openTiny({ external: true });
    expectNear(await embed("cats chase dogs"), unit([5, 8]));
  });

  it("gives no direction where the pooled vector has none", async () => {
    // [CLS] (0, 2) + rain (0, -2) would do, were it not for [SEP] (1, 1)
    const vectors = TOKEN_VECTORS.map((vector, id) => (TOKENS[id] === "[SEP]" ? [0, 0] : vector));
    expect(await (await openTiny({ vectors })).embed("rain")).toEqual([0, 0]);
  });

  it("stops when it is told to", async () => {
    const path = await writeFiles(place(), tinyTransformerFiles());
    const signal = AbortSignal.abort(new Error("enough"));
    const source = createEncoder({ kind: "transformers", model: path, pooling: "mean" }, { folder: "/", signal });
    const encoder = await source.open(searched(collection([])));
    await expect(encoder.encode(["cats"], "document")).rejects.toThrow("enough");
  });
});
