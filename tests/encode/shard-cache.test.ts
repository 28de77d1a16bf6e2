import { appendFile, mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder, TextRole } from "../../harness/encode/types.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { distinctMissing, stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";

const TEXTS = Array.from({ length: 20 }, (_, index) => `text ${index}`);

let folder = "";
let warnings: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cache-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const openCache = () => openEmbeddingCache({ folder, shardRows: 8, onWarning: (text) => warnings.push(text) });

function request(encoder: Encoder, texts: readonly string[] = TEXTS, role: TextRole = "document") {
  return { encoder, role, count: texts.length, texts: stream(texts) };
}

async function files(ending = ".arrow"): Promise<string[]> {
  const found = await readdir(folder, { recursive: true });
  return found.filter((file) => file.endsWith(ending)).map((file) => join(folder, file));
}

/** What the encoder itself says, text by text. */
async function fresh(texts: readonly string[] = TEXTS, role: TextRole = "document"): Promise<number[]> {
  return [...(await countingEncoder().encode(texts, role)).vectors];
}

describe("embed", () => {
  it("encodes everything once, and nothing the second time, from this cache or a new one", async () => {
    const encoder = countingEncoder();
    const cache = openCache();
    const first = await cache.embed(request(encoder));
    expect(first.encoded).toBe(20);
    expect(first.embeddings).toMatchObject({ count: 20, dim: 4 });
    expect([...first.embeddings.rows]).toEqual(await fresh());
    for (const again of [await cache.embed(request(encoder)), await openCache().embed(request(encoder))]) {
      expect(again.encoded).toBe(0);
      expect(Buffer.from(again.embeddings.rows.buffer)).toEqual(Buffer.from(first.embeddings.rows.buffer));
    }
    expect(encoder.seen).toEqual(TEXTS);
    expect(warnings).toEqual([]);
  });

  it("encodes a text that occurs twice once", async () => {
    const encoder = countingEncoder();
    const texts = ["a", "b", "a", "a", "c", "b"];
    const { embeddings, encoded } = await openCache().embed(request(encoder, texts));
    expect(encoded).toBe(3);
    expect(encoder.seen).toEqual(["a", "b", "c"]);
    expect([...embeddings.rows]).toEqual(await fresh(texts));
  });

  it("finds a text again that was seen thousands of texts ago", async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => `text ${index % 2100}`);
    const encoder = countingEncoder("counting", { batchSize: 64 });
    const { embeddings, encoded } = await openEmbeddingCache({ folder }).embed(request(encoder, texts));
    expect(encoded).toBe(2100);
    expect([...embeddings.rows]).toEqual(await fresh(texts));
  });

  it("encodes only what is missing, in any order", async () => {
    const encoder = countingEncoder();
    await openCache().embed(request(encoder, TEXTS.slice(5, 15)));
    encoder.seen.length = 0;
    const texts = [...TEXTS].reverse();
    const { embeddings, encoded } = await openCache().embed(request(encoder, texts));
    expect(encoded).toBe(10);
    expect(encoder.seen).toEqual([...TEXTS.slice(15).reverse(), ...TEXTS.slice(0, 5).reverse()]);
    expect([...embeddings.rows]).toEqual(await fresh(texts));
  });

  it("writes shards of the size asked for, and says whose they are", async () => {
    const encoder = countingEncoder({ model: "m", revision: "r" });
    await openCache().embed(request(encoder));
    expect(await files()).toHaveLength(3); // 8 + 8 + 4 rows
    const [record = ""] = await files("encoder.json");
    expect(JSON.parse(await readFile(record, "utf8"))).toEqual({ schema: 2, identity: encoder.identity, dim: 4 });
  });

  it("keeps what was encoded when the encoder fails or the work is stopped", async () => {
    const encoder = countingEncoder();
    let calls = 0;
    const failing: Encoder = {
      ...encoder,
      encode(texts, role) {
        calls += 1;
        return calls === 3 ? Promise.reject(new Error("gone")) : encoder.encode(texts, role);
      },
    };
    await expect(openCache().embed(request(failing))).rejects.toThrow("gone");
    const stop = new AbortController();
    const stopped = openCache().embed({
      ...request(encoder),
      signal: stop.signal,
      onProgress: (done) => done >= 9 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect((await openCache().embed(request(encoder))).encoded).toBe(20 - 9);
    expect(encoder.seen).toEqual(TEXTS);
  });

  it("goes on after a call that failed", async () => {
    const cache = openCache();
    const failed = cache.embed({ ...request(countingEncoder()), count: 3 });
    const next = cache.embed(request(countingEncoder()));
    await expect(failed).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect([...(await next).embeddings.rows]).toEqual(await fresh());
    await expect(cache.embed({ ...request(countingEncoder()), count: 21 })).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
  });

  it("reports progress up to the count", async () => {
    const progress: number[] = [];
    const texts = ["a", "b", "a", "c", "d"];
    await openCache().embed({ ...request(countingEncoder(), texts), onProgress: (done) => progress.push(done) });
    expect(progress).toEqual([3, 4, 5]);
  });

  it.each([
    { why: "too few values", vectors: [1, 0, 0], code: "DIMENSION_MISMATCH" },
    { why: "a value that is not a number", vectors: [Number.NaN, 0, 0, 0], code: "SCORE_INVALID" },
    { why: "an infinite value", vectors: [Infinity, 0, 0, 0], code: "SCORE_INVALID" },
    { why: "a vector that is not normalised", vectors: [1, 1, 0, 0], code: "SCORE_INVALID" },
  ])("refuses $why and stores nothing", async ({ vectors, code }) => {
    const encoder = {
      ...countingEncoder(),
      encode: () => Promise.resolve({ vectors: Float32Array.from(vectors), truncated: [] }),
    };
    await expect(openCache().embed(request(encoder, ["a"]))).rejects.toMatchObject({ code });
    expect(await files()).toEqual([]);
  });

  it("takes a zero vector and rounding of the norm", async () => {
    const encoder = {
      ...countingEncoder(),
      encode: () => Promise.resolve({ vectors: Float32Array.from([0, 0, 0, 0, 1.0005, 0, 0, 0]), truncated: [] }),
    };
    await openCache().embed(request(encoder, ["a", "b"]));
    expect((await openCache().embed(request(encoder, ["b", "a"]))).embeddings.rows[0]).toBe(Math.fround(1.0005));
  });
});

describe("a damaged folder", () => {
  const foreign = Buffer.from("foreign");

  it.each([
    { why: "a truncated shard", damage: (path: string) => truncate(path, 300) },
    { why: "an emptied shard", damage: (path: string) => truncate(path, 0) },
    { why: "a shard that something was appended to", damage: (path: string) => appendFile(path, "x") },
    { why: "a flipped byte in a shard", damage: flipByte },
    { why: "another file under a shard's name", damage: (path: string) => writeFile(path, foreign) },
  ])("with $why costs a warning and another encode, never a wrong vector", async ({ damage }) => {
    await openCache().embed(request(countingEncoder()));
    const [victim = ""] = await files();
    await damage(victim);
    const encoder = countingEncoder();
    const cache = openCache();
    const lost = await distinctMissing(cache.missing(encoder, "document", stream(TEXTS)));
    expect([4, 8]).toContain(lost);
    const { embeddings, encoded } = await cache.embed(request(encoder));
    expect(encoded).toBe(lost);
    expect([...embeddings.rows]).toEqual(await fresh());
    expect(warnings).toEqual([expect.stringContaining(victim)]);
    // encoded together again, the same vectors make the same shard, which takes the damaged one's place
    expect((await openCache().embed(request(encoder))).encoded).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  it("with a shard that disappears or changes while the cache is open does the same", async () => {
    await openCache().embed(request(countingEncoder()));
    const [first = "", second = ""] = await files();
    const encoder = countingEncoder();
    const cache = openEmbeddingCache({ folder, onWarning: (text) => warnings.push(text), heldBytes: 0 });
    expect(await distinctMissing(cache.missing(encoder, "document", stream(TEXTS)))).toBe(0);
    await unlink(first);
    await flipByte(second);
    const { embeddings, encoded } = await cache.embed(request(encoder));
    expect(encoded).toBeGreaterThanOrEqual(12);
    expect([...embeddings.rows]).toEqual(await fresh());
    expect(new Set(warnings).size).toBe(2);
  });

  it("with files of others is used all the same", async () => {
    await openCache().embed(request(countingEncoder()));
    const [record = ""] = await files("encoder.json");
    const inside = (name: string) => record.replace("encoder.json", name);
    await writeFile(inside("notes.txt"), "mine");
    await writeFile(inside(`${hashBytes(foreign)}.arrow`), foreign);
    await writeFile(inside("half.arrow.123.tmp"), foreign);
    await writeFile(inside(".DS_Store"), foreign);
    expect((await openCache().embed(request(countingEncoder()))).encoded).toBe(0);
    expect(warnings.sort()).toEqual(
      [inside("notes.txt"), inside(`${hashBytes(foreign)}.arrow`)].sort().map((path) => expect.stringContaining(path)),
    );
  });
});

describe("use at the same time", () => {
  it("encodes each text once when calls of one cache overlap", async () => {
    const encoder = countingEncoder();
    const cache = openCache();
    const [a, b, c] = await Promise.all([
      cache.embed(request(encoder)),
      cache.embed(request(encoder, [...TEXTS].reverse())),
      cache.embed(request(encoder, TEXTS.slice(3, 9))),
    ]);
    expect(encoder.seen).toHaveLength(20);
    expect([...a.embeddings.rows]).toEqual(await fresh());
    expect([...b.embeddings.rows]).toEqual(await fresh([...TEXTS].reverse()));
    expect([...c.embeddings.rows]).toEqual(await fresh(TEXTS.slice(3, 9)));
  });

  it("is harmless from two caches on one folder", async () => {
    const caches = [openCache(), openCache(), openCache()];
    const results = await Promise.all(caches.map((cache) => cache.embed(request(countingEncoder()))));
    for (const { embeddings } of results) expect([...embeddings.rows]).toEqual(await fresh());
    // each sees what the others wrote
    for (const cache of caches) expect((await cache.embed(request(countingEncoder()))).encoded).toBe(0);
    expect(await files()).toHaveLength(3);
    expect(await files(".tmp")).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  await writeFile(path, bytes);
}
