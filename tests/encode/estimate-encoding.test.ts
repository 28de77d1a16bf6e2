import { describe, expect, it } from "vitest";
import type { EmbeddingCache } from "../../harness/encode/embedding-cache.ts";
import { estimateEncoding, newKeys, tokenEstimateOf } from "../../harness/encode/estimate-encoding.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder } from "../../harness/encode/types.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";

const folder = temporaryFolder();

/** A cache that has the vectors of two documents. */
async function cacheOf(name: string): Promise<EmbeddingCache> {
  const cache = openEmbeddingCache({ folder: folder.path(name) });
  const texts = ["stored", "stored too"];
  await cache.embed({ encoder: countingEncoder(), role: "document", count: 2, texts: stream(texts) });
  return cache;
}

const documents = (...texts: string[]) => ({ role: "document" as const, texts: stream(texts) });
const queries = (...texts: string[]) => ({ role: "query" as const, texts: stream(texts) });

describe("estimateEncoding", () => {
  it("counts what has no vector as often as it occurs, and encodes each of it once", async () => {
    const texts = [documents("stored", "four", "four", "twelve chars"), queries("stored", "four")];
    const encoder = countingEncoder();
    const estimate = await estimateEncoding(await cacheOf("once"), { encoder, texts, isNew: newKeys() });
    // the documents "four" (twice) and "twelve chars", and both queries: a query is another vector
    expect(estimate).toEqual({ missing: 3 + 2, toEncode: 2 + 2, tokens: 1 + 3 + Math.ceil(6 / 4) + 1 });
    expect(encoder.seen).toEqual([]);
  });

  it("leaves out what something earlier in the plan encodes", async () => {
    const cache = await cacheOf("earlier");
    const isNew = newKeys();
    const estimate = (encoder: Encoder, ...texts: string[]) =>
      estimateEncoding(cache, { encoder, texts: [documents(...texts)], isNew });
    expect(await estimate(countingEncoder(), "a", "b")).toMatchObject({ missing: 2, toEncode: 2 });
    expect(await estimate(countingEncoder(), "b", "c")).toMatchObject({ missing: 2, toEncode: 1 });
    // another encoder shares nothing
    expect(await estimate(countingEncoder("other"), "b", "c")).toMatchObject({ missing: 2, toEncode: 2 });
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort();
    const request = { encoder: countingEncoder(), texts: [documents("a")], isNew: newKeys(), signal };
    await expect(estimateEncoding(await cacheOf("stopped"), request)).rejects.toBe(signal.reason);
  });
});

describe("tokenEstimateOf", () => {
  const form = { template: "passage: {text}", maxTokens: 6 };
  const instructed: Encoder = { ...countingEncoder(), forms: { document: form, scenario: form, query: form } };

  it("counts a token for four characters with the instruction, up to what the model reads", () => {
    const { how, tokens } = tokenEstimateOf(instructed);
    expect(how).toBe("4 characters a token");
    expect(tokens("a text", "document")).toBe(Math.ceil((9 + 6) / 4));
    expect(tokens("x".repeat(100), "document")).toBe(6);
    const limited = tokenEstimateOf({ ...countingEncoder(), maxTokens: 3 });
    expect(limited.tokens("x".repeat(100), "query")).toBe(3);
  });

  it("takes the encoder's own where it has one", () => {
    const own = { how: "a token a word", tokens: (text: string) => text.split(" ").length };
    expect(tokenEstimateOf({ ...instructed, tokenEstimate: own })).toBe(own);
  });

  it("counts none where texts go by their names", () => {
    expect(tokenEstimateOf({ ...instructed, reads: "id" }).tokens("d1", "document")).toBe(0);
  });
});

describe("newKeys", () => {
  it("knows a key from the second time on", () => {
    const isNew = newKeys();
    expect(["a", "b", "a", "b", "c"].map((letter) => isNew(letter.repeat(32)))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});
