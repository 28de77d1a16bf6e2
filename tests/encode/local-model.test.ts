import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ONNX_LIBRARY } from "../../harness/encode/onnx-model.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { canonicalJson } from "../../harness/storage/content-hash.ts";
import { collection, searched } from "./collection.ts";
import { expectNear, tinyEncoders, unit } from "./tiny-encoder.ts";
import { TOKEN_VECTORS, tinyTransformerFiles, writeFiles } from "./tiny-transformer.ts";

const { openTiny, openIn, place } = tinyEncoders();

describe("identity of a local model", () => {
  it("changes with every file that is read and with every option that changes a vector", async () => {
    const identities = [
      await openTiny(),
      await openTiny({ vectors: TOKEN_VECTORS.map(([x, y]) => [x, y + 1]) }),
      await openTiny({ config: { max_position_embeddings: 65 } }),
      await openTiny({ tokenizerConfig: { pad_token: "[UNK]" } }),
      await openTiny({ external: true }),
      await openTiny({}, { pooling: "cls" }),
      await openTiny({}, { endToken: "[SEP]" }),
      await openTiny({}, { truncationSide: "left" }),
      await openTiny({}, { device: "webgpu" }),
    ].map(({ encoder }) => canonicalJson(encoder.identity));
    expect(new Set(identities).size).toBe(identities.length);
  });

  it("does not change with where the model lies, how it is batched, or other files beside it", async () => {
    const { encoder } = await openTiny();
    const other = await openTiny(
      {},
      { batchSize: 1, threads: 1, maxBatchTokens: 9 },
      { "README.md": Buffer.from("x") },
    );
    expect(canonicalJson(other.encoder.identity)).toBe(canonicalJson(encoder.identity));
  });

  it("has the major version of the library", async () => {
    const { env } = await import("@huggingface/transformers");
    expect(ONNX_LIBRARY).toBe(`@huggingface/transformers ${env.version.split(".")[0]}`);
  });

  it("is held to: a model that changes before it is loaded is refused", async () => {
    const { embed, path } = await openTiny();
    await writeFiles(path, tinyTransformerFiles({ vectors: TOKEN_VECTORS.map(([x, y]) => [x, y + 1]) }));
    await expect(embed("cats")).rejects.toMatchObject({ code: "DATA_INVALID", where: path });
  });
});

describe("a local model that cannot be used", () => {
  it.each(["config.json", "tokenizer.json", "onnx/model.onnx"])("is refused without %s", async (file) => {
    const path = await writeFiles(place(), tinyTransformerFiles());
    await rm(join(path, file));
    await expect(openIn(path)).rejects.toMatchObject({ code: "FILE_MISSING", where: path });
    await expect(openIn(path)).rejects.toThrow(`\`${file}\``);
  });

  it("is refused when it has no file of that dtype, with those that it has", async () => {
    await expect(openTiny({}, { dtype: "q8" })).rejects.toMatchObject({
      code: "FILE_MISSING",
      hint: expect.stringContaining("fp32"),
    });
  });

  it.each([{ dtype: "int4" }, { device: "abacus" }, { pooling: "max" }, { maxTokens: 0 }, { normalize: false }])(
    "is refused with %j",
    async (options) => {
      await expect(openTiny({}, options)).rejects.toMatchObject({ code: "SPEC_INVALID" });
    },
  );

  it("is refused for more tokens than it has positions, and for a limit that special tokens fill", async () => {
    await expect(openTiny({}, { maxTokens: 65 })).rejects.toMatchObject({ code: "SPEC_INVALID" });
    await expect((await openTiny({}, { maxTokens: 2 })).embed("cats")).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it("is refused for a revision, which a folder has not", async () => {
    await expect(openTiny({}, { revision: "main" })).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it.each([
    { what: "an ONNX file that is none", files: { "onnx/model.onnx": Buffer.from("not a graph") } },
    { what: "a tokenizer that is none", files: { "tokenizer.json": Buffer.from("{}") } },
  ])("is refused with $what, when it is first needed", async ({ files }) => {
    await expect((await openTiny({}, {}, files)).embed("cats")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("is refused with a configuration that is no JSON or says nothing of its dimension", async () => {
    const broken = openTiny({}, {}, { "config.json": Buffer.from("{") });
    await expect(broken).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(openTiny({ config: { hidden_size: undefined } })).rejects.toMatchObject({ code: "DATA_INVALID" });
    const wrong = await openTiny({ config: { hidden_size: 3 } });
    await expect(wrong.embed("cats")).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  });

  it("is refused with outputs of another name", async () => {
    await expect((await openTiny({ output: "logits" })).embed("cats")).rejects.toMatchObject({ code: "DATA_INVALID" });
    expectNear(await (await openTiny({ output: "token_embeddings" })).embed("cats chase dogs"), unit([5, 8]));
  });

  it("is refused on a device that is not there, by its name", async () => {
    const absent = process.platform === "win32" ? "coreml" : "dml";
    const { embed } = await openTiny({}, { device: absent });
    await expect(embed("cats")).rejects.toThrow(`\`${absent}\``);
    await expect(embed("cats")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("is refused when it is not that of the preset", async () => {
    const preset = "all-MiniLM-L6-v2";
    await expect(openTiny({}, { preset })).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(openTiny({}, { preset: "all-MiniLM" })).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it("is taken for a folder where nothing is known of the hub", async () => {
    const source = createEncoder({ kind: "transformers", model: "owner/name" }, { folder: place() });
    const opened = source.open(searched(collection([])));
    await expect(opened).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
