import { describe, expect, it } from "vitest";
import type { MissingText } from "../../harness/encode/embedding-cache.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder } from "../../harness/encode/types.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { distinctMissing, named, stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";

const folder = temporaryFolder();

function request(encoder: Encoder, texts: readonly string[]) {
  return { encoder, role: "document" as const, count: texts.length, texts: stream(texts) };
}

describe("truncated", () => {
  it("counts texts of which a part was read, each as often as it occurs", async () => {
    const encoder: Encoder = {
      ...countingEncoder(),
      async encode(texts, role) {
        const { vectors } = await countingEncoder().encode(texts, role);
        return { vectors, truncated: texts.flatMap((text, position) => (text.length > 3 ? [position] : [])) };
      },
    };
    const texts = ["long 1", "a", "long 2", "long 1", "b", "c", "long 1"];
    expect((await openCache("truncated").embed(request(encoder, texts))).truncated).toBe(3 + 1);
  });
});

describe("missing", () => {
  it("gives the texts without a vector, equal ones under one key", async () => {
    const cache = openCache("missing");
    const found: MissingText[] = [];
    for await (const one of cache.missing(countingEncoder(), "document", stream(["a", "b", "a"]))) found.push(one);
    expect(found.map(({ text }) => text)).toEqual(named(["a", "b", "a"]));
    expect(found[0]?.key).toBe(found[2]?.key);
    expect(await distinctMissing(cache.missing(countingEncoder(), "document", stream(["a", "b", "a"])))).toBe(2);
    await cache.embed(request(countingEncoder(), ["a"]));
    expect(await distinctMissing(cache.missing(countingEncoder(), "document", stream(["a", "b", "a"])))).toBe(1);
    expect(
      await distinctMissing(openCache("missing").missing(countingEncoder(), "document", stream(["a", "b", "a"]))),
    ).toBe(1);
    expect(await distinctMissing(cache.missing(countingEncoder(), "query", stream(["a"])))).toBe(1);
  });
});

function openCache(name: string) {
  return openEmbeddingCache({ folder: folder.path(name) });
}
