import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder } from "../../harness/encode/types.ts";
import { halfToNumber } from "../../harness/storage/float16.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { fc } from "../seeded-fast-check.ts";
import { cacheLab, embedRequest, fresh, TEXTS } from "./cache-lab.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { rowsOf } from "./stored-vectors.ts";

const lab = cacheLab();

describe("embed", () => {
  it("encodes everything once, and nothing the second time, from this cache or a new one", async () => {
    const encoder = countingEncoder();
    const cache = lab.open();
    const first = await cache.embed(embedRequest(encoder));
    expect(first).toMatchObject({ encoded: 20, truncated: 0 });
    expect(first.vectors).toMatchObject({ count: 20, dim: 4, precision: "float32" });
    expect([...rowsOf(first.vectors)]).toEqual(await fresh());
    for (const again of [await cache.embed(embedRequest(encoder)), await lab.open().embed(embedRequest(encoder))]) {
      expect(again.encoded).toBe(0);
      expect(again.vectors).toEqual(first.vectors);
    }
    expect(encoder.seen).toHaveLength(20);
    expect(lab.warnings()).toEqual([]);
  });

  it("encodes a text that occurs twice once, and gives it one row in the files", async () => {
    const encoder = countingEncoder();
    const texts = ["a", "b", "a", "a", "c", "b"];
    const { vectors, encoded } = await lab.open().embed(embedRequest(encoder, texts));
    expect(encoded).toBe(3);
    expect(encoder.seen).toEqual(["a", "b", "c"]);
    expect([...rowsOf(vectors)]).toEqual(await fresh(texts));
    // a b | a | a | c | b: a run of two rows, then rows that do not follow the one before
    expect([...vectors.runs.firstRows]).toEqual([0, 2, 3, 4, 5]);
    const [a = 0] = vectors.runs.offsets;
    expect([...vectors.runs.offsets]).toEqual([a, a, a, a + 2 * 16, a + 16]);
  });

  it("finds a text again that was seen thousands of texts ago", async () => {
    const texts = Array.from({ length: 5000 }, (_, index) => `text ${index % 2100}`);
    const encoder = countingEncoder("counting", { batchSize: 64 });
    const { vectors, encoded } = await openEmbeddingCache({ folder: lab.folder() }).embed(embedRequest(encoder, texts));
    expect(encoded).toBe(2100);
    expect([...rowsOf(vectors)]).toEqual(await fresh(texts));
  });

  it("encodes only what is missing, in any order", async () => {
    const encoder = countingEncoder();
    await lab.open().embed(embedRequest(encoder, TEXTS.slice(5, 15)));
    encoder.seen.length = 0;
    const texts = [...TEXTS].reverse();
    const { vectors, encoded } = await lab.open().embed(embedRequest(encoder, texts));
    expect(encoded).toBe(10);
    expect(encoder.seen).toEqual([...TEXTS.slice(15).reverse(), ...TEXTS.slice(0, 5).reverse()]);
    expect([...rowsOf(vectors)]).toEqual(await fresh(texts));
  });

  it("takes the longest texts of a window first, equally long ones in their order", async () => {
    const encoder = countingEncoder();
    const texts = ["a", "ccc", "bb", "ddd", "e", "ffffff", "g", "hh", "iiii", "j"];
    await lab.open().embed(embedRequest(encoder, texts));
    // two windows, of eight texts and of two
    expect(encoder.seen).toEqual(["ffffff", "ccc", "ddd", "bb", "hh", "a", "e", "g", "iiii", "j"]);
  });

  it("leaves the same files and rows whatever the encoder's batches are", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const expected = await lab.contents();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (batchSize) => {
        const folder = `${lab.folder()}-${batchSize}`;
        const encoder = countingEncoder("counting", { batchSize });
        const { vectors } = await lab.open({ folder }).embed(embedRequest(encoder));
        expect([...rowsOf(vectors)]).toEqual(await fresh());
        expect(await lab.contents(folder)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it("leaves a sealed shard a window, and says whose they are", async () => {
    const encoder = countingEncoder({ model: "m", revision: "r" });
    const { vectors } = await lab.open().embed(embedRequest(encoder));
    expect(await lab.files()).toHaveLength(3); // 8 + 8 + 4 rows
    expect(await lab.files(".journal.arrow")).toEqual([]);
    expect([...vectors.files].sort()).toEqual([...(await lab.files())].sort());
    const [record = ""] = await lab.files("encoder.json");
    const { identity } = encoder;
    expect(JSON.parse(await readFile(record, "utf8"))).toEqual({ schema: 3, identity, dim: 4, storage: "float32" });
  });

  it("keeps windows small where vectors are long", async () => {
    // 4 MiB a vector as float32, so 16 make 64 MiB
    const encoder = countingEncoder("long", { dim: 2 ** 20, batchSize: 20 });
    const zeros = (texts: readonly string[]) =>
      Promise.resolve({ vectors: new Float32Array(texts.length * 2 ** 20), truncated: [] });
    const cache = openEmbeddingCache({ folder: lab.folder() });
    await cache.embed({ ...embedRequest({ ...encoder, encode: zeros }), storage: "float16" });
    expect(await lab.files()).toHaveLength(2); // 16 + 4 rows
  });

  it("keeps windows small where texts are long, and takes a text that is longer than a window", async () => {
    const long = "x".repeat(12 * 2 ** 20);
    const texts = [`${long}a`, `${long}b`, `${long}c`, long.repeat(3), "d"];
    const encoder = countingEncoder("counting", { batchSize: 1 });
    const { vectors } = await openEmbeddingCache({ folder: lab.folder() }).embed(embedRequest(encoder, texts));
    expect(await lab.files()).toHaveLength(4); // 12 + 12 | 12 | 36 | 1 character
    expect([...rowsOf(vectors)]).toEqual(await fresh(texts));
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
    await expect(lab.open().embed(embedRequest(failing))).rejects.toThrow("gone");
    const stop = new AbortController();
    const stopped = lab.open().embed({
      ...embedRequest(encoder),
      signal: stop.signal,
      onProgress: (done) => done >= 9 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    // 6 texts before the failure; then the window's last 2, and 3 of the next window
    expect((await lab.open().embed(embedRequest(encoder))).encoded).toBe(20 - 6 - 2 - 3);
    expect([...encoder.seen].sort()).toEqual([...TEXTS].sort());
  });

  it("goes on after a call that failed", async () => {
    const cache = lab.open();
    const failed = cache.embed({ ...embedRequest(countingEncoder()), count: 3 });
    const next = cache.embed(embedRequest(countingEncoder()));
    await expect(failed).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect([...rowsOf((await next).vectors)]).toEqual(await fresh());
    await expect(cache.embed({ ...embedRequest(countingEncoder()), count: 21 })).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
  });

  it("reports progress up to the count", async () => {
    const progress: number[] = [];
    const texts = ["a", "b", "a", "c", "d"];
    await lab.open().embed({ ...embedRequest(countingEncoder(), texts), onProgress: (done) => progress.push(done) });
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
    await expect(lab.open().embed(embedRequest(encoder, ["a"]))).rejects.toMatchObject({ code });
    expect(await lab.files()).toEqual([]);
  });

  it("takes a zero vector and rounding of the norm", async () => {
    const encoder = {
      ...countingEncoder(),
      encode: () => Promise.resolve({ vectors: Float32Array.from([0, 0, 0, 0, 1.0005, 0, 0, 0]), truncated: [] }),
    };
    await lab.open().embed(embedRequest(encoder, ["a", "b"]));
    const { vectors } = await lab.open().embed(embedRequest(encoder, ["b", "a"]));
    expect(rowsOf(vectors)[0]).toBe(Math.fround(1.0005));
  });

  it("takes no texts at all", async () => {
    const { vectors, encoded } = await lab.open().embed(embedRequest(countingEncoder(), []));
    expect({ encoded, count: vectors.count, files: vectors.files }).toEqual({ encoded: 0, count: 0, files: [] });
  });

  it("does not keep what an encoder writes over", async () => {
    const { encode, ...encoder } = countingEncoder();
    const room = new Float32Array(3 * 4);
    const reusing: Encoder = {
      ...encoder,
      async encode(texts, role) {
        room.set((await encode(texts, role)).vectors);
        return { vectors: room.subarray(0, texts.length * 4), truncated: [] };
      },
    };
    expect([...rowsOf((await lab.open().embed(embedRequest(reusing))).vectors)]).toEqual(await fresh());
  });
});

describe("embed of texts that are too long", () => {
  it("counts every text of which only a part was read, now and from the files", async () => {
    const { encode, ...encoder } = countingEncoder();
    const cutting: Encoder = {
      ...encoder,
      async encode(texts, role) {
        const truncated = [...texts.keys()].filter((position) => (texts[position] ?? "").length > 6);
        return { ...(await encode(texts, role)), truncated };
      },
    };
    const texts = [...TEXTS, "text 19", "text 3"];
    // `text 10` to `text 19`, and one of them again
    expect((await lab.open().embed(embedRequest(cutting, texts))).truncated).toBe(11);
    expect(await lab.open().embed(embedRequest(cutting, texts))).toMatchObject({ encoded: 0, truncated: 11 });
    expect((await lab.open().embed(embedRequest(cutting, ["text 3", "text 12"]))).truncated).toBe(1);
  });
});

describe("embed with `storage: float16`", () => {
  it("stores the nearest float16 of every value, in files of their own", async () => {
    const encoder = countingEncoder();
    const exact = await lab.open().embed(embedRequest(encoder));
    const half = await lab.open().embed({ ...embedRequest(encoder), storage: "float16" });
    expect(half.encoded).toBe(20);
    expect(half.vectors.precision).toBe("float16");
    const { buffer } = packVectors(rowsOf(exact.vectors), "float16");
    expect([...rowsOf(half.vectors)]).toEqual(Array.from(new Uint16Array(buffer), halfToNumber));
    expect(half.vectors.files.filter((file) => exact.vectors.files.includes(file))).toEqual([]);
    expect((await lab.open().embed({ ...embedRequest(encoder), storage: "float16" })).encoded).toBe(0);
  });
});
