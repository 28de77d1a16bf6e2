import { describe, expect, it } from "vitest";
import type { QueryText } from "../../harness/domain/query.ts";
import { newKeys } from "../../harness/encode/estimate-encoding.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { combineVectors, embedQueries, queryTexts } from "../../harness/retrieve/query-vectors.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const folder = temporaryFolder();
let caches = 0;
const CORPUS = collection(["cats purr", "dogs bark", "rain in spain"]);
const PLAIN: QueryText = { id: "q1", text: "cats" };
const EXPANDED: QueryText = {
  id: "q2",
  text: "dogs dogs bark",
  parts: [
    { text: "dogs", weight: 0.5, role: "query" },
    { text: "dogs bark", weight: 0.25, role: "document" },
    { text: "wolves howl", weight: 0.25, role: "document" },
  ],
};

const embeddings = () => openEmbeddingCache({ folder: folder.path(`cache-${caches++}`) });

async function hashed() {
  return await createEncoder({ kind: "hashed", dimensions: 64 }, { folder: "." }).open(searched(CORPUS));
}

async function embed(queries: readonly QueryText[]) {
  const source = { encoder: await hashed(), storage: "float32" } as const;
  return await embedQueries(queries, { source, embeddings: embeddings(), signal: undefined });
}

describe("queryTexts", () => {
  it("lists what has to be encoded, by role, under ids of its own", () => {
    expect(queryTexts([PLAIN, EXPANDED], {})).toEqual([
      {
        role: "query",
        texts: [
          { id: "q1", text: "cats" },
          { id: "q2#0", text: "dogs" },
        ],
      },
      {
        role: "document",
        texts: [
          { id: "q2#1", text: "dogs bark" },
          { id: "q2#2", text: "wolves howl" },
        ],
      },
    ]);
    expect(queryTexts([], {})).toEqual([{ role: "query", texts: [] }]);
  });

  it("refuses generated texts for an encoder that has vectors by id alone", () => {
    expect(queryTexts([PLAIN], { reads: "id" })).toHaveLength(1);
    expect(() => queryTexts([PLAIN, EXPANDED], { reads: "id" })).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID", where: "query `q2`" }),
    );
  });
});

const vector = (...values: readonly number[]) => Float32Array.from(values);

describe("combineVectors", () => {
  it("sums weighted vectors and brings the sum to norm 1", () => {
    const parts = [
      { weight: 0.5, vector: vector(1, 0, 0) },
      { weight: 0.25, vector: vector(0, 1, 0) },
      { weight: 0.25, vector: vector(0, 0, 1) },
    ];
    const norm = Math.sqrt(0.5 ** 2 + 0.25 ** 2 + 0.25 ** 2);
    expect([...combineVectors(parts, 3)]).toEqual([0.5 / norm, 0.25 / norm, 0.25 / norm].map(Math.fround));
  });

  it("leaves one vector as it is, to the last bit", () => {
    const only = vector(0.1, 0.7, -0.3);
    expect(combineVectors([{ weight: 0.2, vector: only }], 3)).toEqual(only);
  });

  it("gives zeros where vectors cancel out, and where there is none", () => {
    const opposite = [
      { weight: 0.5, vector: vector(0.6, -0.8) },
      { weight: 0.5, vector: vector(-0.6, 0.8) },
    ];
    expect([...combineVectors(opposite, 2)]).toEqual([0, 0]);
    expect([...combineVectors([], 2)]).toEqual([0, 0]);
  });

  it("has norm 1, does not depend on the order nor on the scale of the weights", () => {
    const entry = fc.record({
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
      vector: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 2, maxLength: 8 }), (entries) => {
        const parts = entries.map(({ weight, vector: values }) => ({ weight, vector: vector(...values) }));
        const combined = combineVectors(parts, 4);
        expect(Math.hypot(...combined)).toBeCloseTo(1, 6);
        const others = [parts.toReversed(), parts.map((part) => ({ ...part, weight: part.weight * 3 }))];
        for (const other of others) {
          for (const [d, value] of combineVectors(other, 4).entries()) expect(value).toBeCloseTo(combined[d] ?? 0, 6);
        }
      }),
    );
  });
});

describe("embedQueries", () => {
  it("gives a plain query its own vector, and an expanded one the weighted sum of its parts", async () => {
    const encoder = await hashed();
    const one = async (text: string, role: "query" | "document") => (await encoder.encode([text], role)).vectors;
    const { vectors, encoded } = await embed([PLAIN, EXPANDED]);
    expect({ count: vectors.count, dim: vectors.dim, encoded }).toEqual({ count: 2, dim: 64, encoded: 4 });
    expect(vectors.rows.slice(0, 64)).toEqual(await one("cats", "query"));
    const [dogs, bark, howl] = await Promise.all([
      one("dogs", "query"),
      one("dogs bark", "document"),
      one("wolves howl", "document"),
    ]);
    const sum = Array.from(dogs, (value, d) => 0.5 * value + 0.25 * (bark[d] ?? 0) + 0.25 * (howl[d] ?? 0));
    const norm = Math.hypot(...sum);
    for (const [d, value] of sum.entries()) expect(vectors.rows[64 + d]).toBeCloseTo(value / norm, 6);
  });

  it("is that of the query where only the query has a weight, and that of the sample where only it has", async () => {
    const part = { text: "dogs", weight: 1, role: "query" } as const;
    const [alone, expanded, sample] = await Promise.all([
      embed([{ id: "q", text: "dogs" }]),
      embed([{ id: "q", text: "other words", parts: [part] }]),
      embed([{ id: "q", text: "other words", parts: [{ ...part, role: "document" }] }]),
    ]);
    expect(expanded.vectors.rows).toEqual(alone.vectors.rows);
    expect(sample.vectors.rows).toEqual((await (await hashed()).encode(["dogs"], "document")).vectors);
  });

  it("reads the parts of many queries in their order", async () => {
    // more than are read at a time
    const many = Array.from({ length: 600 }, (_, n): QueryText => {
      const text = `word${n % 7}`;
      return n % 3 === 0
        ? { id: `${n}`, text }
        : { ...EXPANDED, id: `${n}`, parts: [{ text, weight: 1, role: "document" }] };
    });
    const { vectors } = await embed(many);
    const encoder = await hashed();
    const words = Array.from({ length: 7 }, (_, n) => `word${n}`);
    const expected = await encoder.encode(words, "query");
    for (let n = 0; n < many.length; n++) {
      const word = n % 7;
      expect(vectors.rows.slice(n * 64, (n + 1) * 64)).toEqual(expected.vectors.slice(word * 64, (word + 1) * 64));
    }
  });
});

describe("a dense retriever with expanded queries", () => {
  it("estimates every part, encodes them once and scores by their sum", async () => {
    const cache = embeddings();
    const opened = await createRetriever(
      { kind: "dense", encoder: { kind: "hashed", dimensions: 64 } },
      retrieverServices({ embeddings: cache }),
    ).open(searched(CORPUS));
    const request = { corpus: CORPUS, scenarioSets: [], querySets: [[PLAIN, EXPANDED]], isNew: newKeys() };
    // three documents, "cats" and "dogs" as queries, two passages as documents: "dogs bark" is in the corpus already
    expect(await opened.estimate(request)).toMatchObject({
      ...{ texts: 3 + 2 + 2, toEncode: 3 + 2 + 1, vectors: 7 },
      // a vector a query, not a part
      memoryBytes: (3 + 2) * 64 * 4,
    });
    const { rows, encoded } = await scoreTexts(opened, CORPUS, [PLAIN, EXPANDED]);
    expect(encoded).toBe(6);
    const { vectors } = await embed([PLAIN, EXPANDED]);
    const documents = await (await hashed()).encode(["cats purr", "dogs bark", "rain in spain"], "document");
    for (const [row, { scores }] of rows.entries()) {
      for (const [doc, score] of scores.entries()) {
        let product = 0;
        for (let d = 0; d < 64; d++)
          product += (vectors.rows[row * 64 + d] ?? 0) * (documents.vectors[doc * 64 + d] ?? 0);
        expect(score).toBeCloseTo(product, 6);
      }
    }
  });

  it("leaves BM25 the text", async () => {
    const opened = await createRetriever({ kind: "bm25" }, retrieverServices()).open(searched(CORPUS));
    const { rows } = await scoreTexts(opened, CORPUS, [EXPANDED, ...named(["dogs dogs bark"])]);
    expect(rows[0]?.scores).toEqual(rows[1]?.scores);
  });
});
