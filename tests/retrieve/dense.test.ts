import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFragment } from "../../harness/component.ts";
import { newKeys } from "../../harness/encode/estimate-encoding.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { createRetriever, retrievers } from "../../harness/retrieve/registry.ts";
import { halfToNumber } from "../../harness/storage/float16.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const CORPUS = collection([{ title: "Cats", text: "purr" }, "dogs bark", "", "rain in spain", "dogs bark"]);
const QUERIES = ["cats purr", "rain", "dogs"];

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dense-"));
});
afterEach(() => rm(folder, { recursive: true }));

function retriever(options: Readonly<Record<string, unknown>> = {}) {
  return createRetriever(
    { kind: "dense", ...options },
    retrieverServices({ embeddings: openEmbeddingCache({ folder }), folder }),
  );
}

describe("dense", () => {
  const queries = named(QUERIES);

  it("scores every view by the cosine of its composed text and the query", async () => {
    const { rows } = await scoreTexts(await retriever().open(searched(CORPUS)), CORPUS, queries);
    const encoder = await createEncoder({ kind: "hashed" }, { folder }).open(searched(CORPUS));
    const texts = ["Cats purr", "dogs bark", "", "rain in spain", "dogs bark"];
    const views = await Promise.all(texts.map((text) => encoder.encode([text], "document")));
    for (const [index, text] of QUERIES.entries()) {
      const query = (await encoder.encode([text], "query")).vectors;
      const cosines = views.map(({ vectors }) => vectors.reduce((sum, value, d) => sum + value * (query[d] ?? 0), 0));
      // an engine's scores are float32
      expect(rows[index]?.scores).toEqual(cosines.map(Math.fround));
    }
    expect(rows[0]?.scores[0]).toBeCloseTo(1, 6);
    expect(rows[0]?.scores[2]).toBe(0);
  });

  it("takes the plain engine for a tiny corpus, the fastest for others, and the one that is asked for", async () => {
    const engineOf = async (options: Readonly<Record<string, unknown>>, corpus = CORPUS) =>
      (await retriever(options).open(searched(corpus))).engine?.identity;
    expect(await engineOf({})).toMatchObject({ kind: "flat" });
    expect(await engineOf({ engine: { kind: "ort" } })).toMatchObject({ kind: "ort" });
    // 2048 dimensions
    expect(await engineOf({}, { ...CORPUS, count: 512 })).toMatchObject({ kind: "flat" });
    expect(await engineOf({}, { ...CORPUS, count: 513 })).toMatchObject({ kind: "ort" });
    expect(await engineOf({ engine: { kind: "flat" } }, { ...CORPUS, count: 513 })).toMatchObject({ kind: "flat" });
  });

  it("is known by its engine, whose last digits may be its own", async () => {
    const identityOf = async (engine: string) =>
      (await retriever({ engine: { kind: engine } }).open(searched(CORPUS))).identity;
    expect(await identityOf("ort")).not.toEqual(await identityOf("flat"));
  });

  it("estimates what it then encodes, and nothing the second time", async () => {
    const opened = await retriever().open(searched(CORPUS));
    const everything = () => ({
      ...{ corpus: CORPUS, scenarioSets: [], querySets: [named(QUERIES)], isNew: newKeys() },
    });
    expect(await opened.estimate(everything())).toEqual({
      // four different views and three queries; eight texts in all
      ...{ texts: 8, cached: 0, toEncode: 7, vectors: 8 },
      // a token for four characters: "Cats purr", "dogs bark", "", "rain in spain"; "cats purr", "rain", "dogs"
      tokens: 3 + 3 + 0 + 4 + 3 + 1 + 1,
      ...{ memoryBytes: 8 * 2048 * 4, diskBytes: 7 * (2048 * 4 + 32) },
    });
    expect((await scoreTexts(opened, CORPUS, queries)).encoded).toBe(7);
    const nothing = { cached: 8, toEncode: 0, tokens: 0, diskBytes: 0 };
    expect(await opened.estimate(everything())).toMatchObject(nothing);
    expect((await scoreTexts(opened, CORPUS, queries)).encoded).toBe(0);
  });

  it("estimates the corpus once for all query sets, and memory for one at a time", async () => {
    const opened = await retriever().open(searched(CORPUS));
    const estimate = await opened.estimate({
      corpus: CORPUS,
      scenarioSets: [collection(["a storm", "a storm", "a whale"])],
      querySets: [named(QUERIES), named(["dogs", "whales"])],
      isNew: newKeys(),
    });
    // a text has another vector in every role, and "dogs" is asked for in both sets
    expect(estimate).toMatchObject({ texts: 5 + 3 + 3 + 2, toEncode: 4 + 2 + 3 + 1 });
    expect(estimate.memoryBytes).toBe((5 + 3 + 3) * 2048 * 4);
  });

  it("answers no queries and scores no views without failing", async () => {
    const opened = await retriever().open(searched(CORPUS));
    expect((await scoreTexts(opened, CORPUS, [])).rows).toEqual([]);
    const { rows } = await scoreTexts(opened, collection([]), queries);
    expect(rows.map(({ scores }) => scores)).toEqual([[], [], []]);
  });

  it("has the same identity for a default that is left out and one that is written down", async () => {
    const { identity } = await retriever().open(searched(CORPUS));
    expect(
      (await retriever({ encoder: { kind: "hashed", dimensions: 2048 } }).open(searched(CORPUS))).identity,
    ).toEqual(identity);
    expect(
      (await retriever({ encoder: { kind: "hashed", dimensions: 64 } }).open(searched(CORPUS))).identity,
    ).not.toEqual(identity);
  });

  it("scores what `storage: float16` keeps, under an identity of its own", async () => {
    const exact = await retriever().open(searched(CORPUS));
    const half = await retriever({ storage: "float16" }).open(searched(CORPUS));
    expect(half.identity).not.toEqual(exact.identity);
    const everything = { corpus: CORPUS, scenarioSets: [], querySets: [named(QUERIES)], isNew: newKeys() };
    const expected = { toEncode: 7, memoryBytes: 8 * 2048 * 4, diskBytes: 7 * (2048 * 2 + 32) };
    expect(await half.estimate(everything)).toMatchObject(expected);
    const { encoded, rows } = await scoreTexts(half, CORPUS, queries);
    expect(encoded).toBe(7);
    const encoder = await createEncoder({ kind: "hashed" }, { folder }).open(searched(CORPUS));
    const rounded = async (text: string) => {
      const { buffer } = packVectors((await encoder.encode([text], "document")).vectors, "float16");
      return Array.from(new Uint16Array(buffer), halfToNumber);
    };
    const query = await rounded("cats purr");
    const views = await Promise.all(["Cats purr", "dogs bark", "", "rain in spain", "dogs bark"].map(rounded));
    const products = views.map((view) => view.reduce((sum, value, d) => sum + value * (query[d] ?? 0), 0));
    expect(rows[0]?.scores).toEqual(products.map(Math.fround));
    // both vectors are off by 2^-11 of themselves: the cosine by 0.001
    expect(products[0]).toBeCloseTo(1, 2);
    expect(rows[0]?.scores[0]).not.toBe((await scoreTexts(exact, CORPUS, queries)).rows[0]?.scores[0]);
  });

  it.each([
    { storage: "float64" },
    { encoder: { kind: "hashd" } },
    { encoder: { kind: "hashed", dimensions: 1 } },
    { encoder: { kind: "hashed", dimension: 64 } },
    { encoder: {} },
    { engine: "flat" },
    { engine: { kind: "flat", threads: 2 } },
    { engine: { kind: "quick" } },
  ])("refuses the options %o when they are checked", (options) => {
    expect(() =>
      checkFragment("retriever", retrievers, { kind: "dense", ...options }, { where: "a.yaml:1:1" }),
    ).toThrow(expect.objectContaining({ code: "SPEC_INVALID", where: "a.yaml:1:1" }));
  });

  it("stops when asked to", async () => {
    const signal = AbortSignal.abort();
    const opened = await retriever().open(searched(CORPUS));
    await expect(scoreTexts(opened, CORPUS, queries, { signal })).rejects.toBe(signal.reason);
  });
});
