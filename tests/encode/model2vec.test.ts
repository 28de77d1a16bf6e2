import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEncoder } from "../../harness/encode/registry.ts";
import { float32, float64, int32 } from "../storage/safetensors-file.ts";
import { collection, searched } from "./collection.ts";
import { TINY_TENSORS, type TinyModel, writeTinyModel } from "./tiny-model.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "model2vec-"));
});
afterEach(() => rm(root, { recursive: true }));

type Options = Readonly<Record<string, unknown>>;

function open(options: Options = {}) {
  return createEncoder({ kind: "model2vec", model: "tiny", ...options }, { folder: root }).open(
    searched(collection([])),
  );
}

async function embed(text: string, { model, options }: { model?: TinyModel; options?: Options } = {}) {
  await writeTinyModel(join(root, "tiny"), model);
  return [...(await (await open(options)).encode([text], "document")).vectors];
}

function unit(x: number, y: number): number[] {
  return [x, y].map((value) => Math.fround(value / Math.hypot(x, y)));
}

describe("model2vec", () => {
  it("gives the direction of the mean of a text's token vectors", async () => {
    expect(await embed("Cats chase dogs")).toEqual(unit(3 + 1 + 0, 4 + 0 + 1));
    expect(await embed("rainbow")).toEqual(unit(0 + 5, -2 + 0));
  });

  it("leaves unknown tokens out, and gives zero when nothing else is there", async () => {
    expect(await embed("zebras chase cats")).toEqual(unit(1 + 3, 0 + 4));
    expect(await embed("zebras")).toEqual([0, 0]);
  });

  it("gives unit vectors for a model that does not ask for them", async () => {
    expect(await embed("cats", { model: { config: { normalize: false } } })).toEqual(unit(3, 4));
  });

  it("weighs tokens and shares rows as the tensors of a quantised vocabulary say", async () => {
    const tensors = {
      weights: float64([1, 0.5, 2, 1, 1, 1]),
      embeddings: float32([2, 2], [3, 4, 0, 1]),
      mapping: int32([0, 0, 1, 1, 0, 0]),
    };
    expect(await embed("cats dogs chase", { model: { tensors } })).toEqual(unit(1.5, 2 + 2 + 1));
  });

  it("cuts characters before tokens", async () => {
    // the median token has 4.5 characters, rounded down to 4: one token sees `cats`, two see `cats dog`
    const options = { maxTokens: 1 };
    expect(await embed("cats dogs", { options })).toEqual(unit(3, 4));
    expect(await embed("chase", { options })).toEqual([0, 0]);
    expect(await embed("cats dogs", { options: { maxTokens: 2 } })).toEqual(unit(3, 4));
    expect(await embed("cats dogs", { options: { maxTokens: 3 } })).toEqual(unit(3, 5));
  });

  it("counts tokens after unknown ones are gone, and characters as code points", async () => {
    expect(await embed("x x cats dogs", { options: { maxTokens: 3 } })).toEqual(unit(3, 4));
    expect(await embed("😀😀😀 cats", { options: { maxTokens: 2 } })).toEqual(unit(3, 4));
  });

  it("takes the length from config.json by default", async () => {
    expect(await embed("chase cats", { model: { config: { seq_length: 1 } } })).toEqual([0, 0]);
    const { identity } = await open();
    expect(identity).toMatchObject({ maxTokens: 1 });
    await writeTinyModel(join(root, "tiny"));
    expect((await open()).identity).toMatchObject({ maxTokens: 512 });
  });

  it.each([
    { direction: "Right", expected: unit(3, 4) },
    { direction: "Left", expected: unit(0, 1) },
  ])("cuts at the $direction where the tokenizer asks for it", async ({ direction, expected }) => {
    const truncation = { max_length: 1, direction, strategy: "LongestFirst", stride: 0 };
    expect(await embed("cats chase dogs", { model: { tokenizer: { truncation } } })).toEqual(expected);
  });

  it("has another identity when a file or the length changes, and the same in another folder", async () => {
    await writeTinyModel(join(root, "tiny"));
    const { identity, dim } = await open();
    expect(dim).toBe(2);
    expect((await open({ maxTokens: 7 })).identity).not.toEqual(identity);
    await writeTinyModel(join(root, "copy"));
    expect((await open({ model: join(root, "copy") })).identity).toEqual(identity);
    for (const [index, change] of [
      { config: { seq_length: 512 } },
      { tokenizer: { normalizer: null } },
      { tensors: { embeddings: float32([6, 2], Array(12).fill(1)) } },
    ].entries()) {
      await writeTinyModel(join(root, `other${index}`), change);
      expect((await open({ model: `other${index}` })).identity).not.toEqual(identity);
    }
  });

  it("does not encode with a model that changed after it was opened", async () => {
    await writeTinyModel(join(root, "tiny"));
    const encoder = await open();
    await writeTinyModel(join(root, "tiny"), { config: { seq_length: 9 } });
    await expect(encoder.encode(["cats"], "query")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("misses files when it is opened", async () => {
    await expect(open()).rejects.toMatchObject({ code: "FILE_MISSING", where: join(root, "tiny", "config.json") });
  });

  it.each<{ name: string; model: TinyModel }>([
    { name: "of another kind", model: { config: { model_type: "bert" } } },
    { name: "without embeddings", model: { tensors: { other: float64([1]) } } },
    { name: "with embeddings of one dimension", model: { tensors: { embeddings: float64([1, 2]) } } },
    { name: "with fewer rows than tokens", model: { tensors: { embeddings: float32([1, 2], [1, 2]) } } },
    { name: "with too few weights", model: { tensors: { ...TINY_TENSORS, weights: float64([1, 2]) } } },
    { name: "that maps past its rows", model: { tensors: { ...TINY_TENSORS, mapping: int32([0, 1, 2, 3, 4, 6]) } } },
    { name: "that maps below its rows", model: { tensors: { ...TINY_TENSORS, mapping: int32([0, 1, 2, 3, 4, -1]) } } },
    {
      name: "with a tokenizer of whole words, which the library does not have",
      model: { tokenizer: { model: { type: "WordLevel", vocab: { "[UNK]": 0, cats: 1 }, unk_token: "[UNK]" } } },
    },
    { name: "with a tokenizer of no known kind", model: { tokenizer: { model: { type: "Sundial", vocab: {} } } } },
  ])("refuses a model $name", async ({ model }) => {
    await expect(embed("cats", { model })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it.each(["config.json", "tokenizer.json", "model.safetensors"])("refuses a damaged %s", async (file) => {
    await writeTinyModel(join(root, "tiny"));
    await writeFile(join(root, "tiny", file), "{");
    const encoding = open().then((encoder) => encoder.encode(["cats"], "query"));
    await expect(encoding).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it.each([{ model: "" }, { model: undefined }, { maxTokens: 0 }, { seqLength: 4 }])("refuses %o", (options) => {
    expect(() => createEncoder({ kind: "model2vec", model: "tiny", ...options }, { folder: root })).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID" }),
    );
  });
});
