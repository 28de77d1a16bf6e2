import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { createEncoder, encoders } from "../../harness/encode/registry.ts";
import type { TextRole } from "../../harness/encode/types.ts";
import { canonicalJson } from "../../harness/storage/content-hash.ts";
import { fc } from "../seeded-fast-check.ts";
import { collection, searched } from "./collection.ts";
import { openaiStandIn } from "./openai-stand-in.ts";
import { writeTinyModel } from "./tiny-model.ts";
import { tinyTransformerFiles, writeFiles } from "./tiny-transformer.ts";

const CORPUS = collection(["a cat sat on the mat", { title: "Dogs", text: "dogs chase cats" }, "rain in spain"]);
const TEXTS = ["cats and dogs", "rain", "", "unheard of zebras", "rain", "naïve café 東京 😀", "cat ".repeat(500)];

const server = openaiStandIn();

/** What an encoder cannot have a default for: a model, and where it is. */
const REQUIRED: Readonly<Record<string, () => object>> = {
  model2vec: () => ({ model: "tiny" }),
  openai: () => ({ model: "words", baseUrls: [server.baseUrl()], dimensions: 16 }),
  // bit-equal in any batch, since it only looks tokens up; real models are to within rounding (bench/transformers.mjs)
  transformers: () => ({ model: "transformer", pooling: "mean" }),
  precomputed: () => ({ document: STORED, query: STORED, scenario: STORED }),
};

/** Encoders that are not asked for just any text, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  precomputed: "it goes by id: it knows the ids of its files only, and no id is empty",
};
const TEXT_READERS = Object.keys(encoders).filter((kind) => EXEMPT[kind] === undefined);

/** Vectors by id; here the texts are the ids. */
const STORED = { path: "stored.jsonl" };
const STORED_IDS = [...new Set([...TEXTS, "cats chase dogs"])].filter((text) => text !== "");
const STORED_VIEWS = { ...CORPUS, views: () => STORED_IDS.map((id) => ({ id, title: "", text: id })) };
const DATASET = searched(CORPUS, {
  docIds: STORED_IDS.map(docId),
  queries: STORED_IDS.map((id) => ({ id: queryId(id), text: id, excluded: [] })),
  asked: { queries: ["original"], scenarios: new Map([["spike", STORED_VIEWS]]) },
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "encoders-"));
  await writeTinyModel(join(folder, "tiny"));
  await writeFiles(join(folder, "transformer"), tinyTransformerFiles());
  const rows = STORED_IDS.map((id, row) => `${JSON.stringify({ id, vector: [row, 1, -row] })}\n`);
  await writeFile(join(folder, STORED.path), rows.join(""));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.keys(encoders))("encoder `%s`", (kind) => {
  const open = () => createEncoder({ kind, ...REQUIRED[kind]?.() }, { folder }).open(DATASET);
  const texts = EXEMPT[kind] === undefined ? TEXTS : TEXTS.filter((text) => text !== "");

  it("has an identity that survives JSON and is the same every time", async () => {
    const text = canonicalJson((await open()).identity);
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(canonicalJson((await open()).identity)).toBe(text);
  });

  it("gives equal bytes for equal texts, also from another instance", async () => {
    const vectors = (await (await open()).encode(texts, "document")).vectors;
    expect(bytes((await (await open()).encode(texts, "document")).vectors).equals(bytes(vectors))).toBe(true);
    const { dim } = await open();
    const [first, again] = [texts.indexOf("rain"), texts.lastIndexOf("rain")];
    expect(bytes(rowOf(vectors, dim, first)).equals(bytes(rowOf(vectors, dim, again)))).toBe(true);
  });

  it("gives a text the same vector in whatever batch it stands", async () => {
    const encoder = await open();
    const whole = bytes((await encoder.encode(texts, "document")).vectors);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: texts.length }), async (cut) => {
        const parts = [texts.slice(0, cut), texts.slice(cut)].map((part) => encoder.encode(part, "document"));
        expect(Buffer.concat((await Promise.all(parts)).map(({ vectors }) => bytes(vectors))).equals(whole)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it("takes no texts at all", async () => {
    expect((await (await open()).encode([], "query")).vectors).toHaveLength(0);
  });

  it.each<TextRole>(["query", "document", "scenario"])("encodes texts in the role of %s", async (role) => {
    expect(norm((await (await open()).encode(["cats chase dogs"], role)).vectors)).toBeCloseTo(1, 3);
  });

  it("has a summary, a source and usable defaults", async () => {
    expect(encoders).toHaveProperty([kind, "summary"], expect.stringMatching(/\.$/));
    expect(encoders).toHaveProperty([kind, "source"], expect.stringMatching(/\S/));
    expect((await open()).batchSize).toBeGreaterThanOrEqual(1);
  });
});

describe.each(TEXT_READERS)("encoder `%s`, which reads texts", (kind) => {
  const open = () => createEncoder({ kind, ...REQUIRED[kind]?.() }, { folder }).open(DATASET);

  it("gives vectors of norm 1 or zero for any text", async () => {
    const encoder = await open();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), async (text) => {
        const vector = (await encoder.encode([text], "document")).vectors;
        expect(vector).toHaveLength(encoder.dim);
        expect([0, 1]).toContain(Math.round(norm(vector) * 1e4) / 1e4);
      }),
      { numRuns: 50 },
    );
  });

  it("gives the empty text the zero vector", async () => {
    expect(norm((await (await open()).encode([""], "document")).vectors)).toBe(0);
  });
});

function rowOf(vectors: Float32Array, dim: number, row: number): Float32Array {
  return vectors.subarray(row * dim, (row + 1) * dim);
}

function bytes(vectors: Float32Array): Buffer {
  return Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength);
}

function norm(vector: Float32Array): number {
  return Math.hypot(...vector);
}
