import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { TextRole } from "../../harness/encode/types.ts";
import { encoderRecord, vectorKeys } from "../../harness/encode/vector-key.ts";
import { canonicalJson } from "../../harness/storage/content-hash.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";

const folder = await mkdtemp(join(tmpdir(), "keys-"));
afterAll(() => rm(folder, { recursive: true }));

const role = fc.constantFrom<TextRole>("query", "document", "scenario");
// characters that a careless composition of parts would mix up, and halves of a surrogate pair
const text = fc.array(fc.constantFrom("a", "b", " ", '"', ",", "\\", "]", "\n", "\ud800", "\udfff", "é"), {
  maxLength: 4,
});
const input = fc.record({
  identity: fc.oneof(fc.constantFrom<string>("m", "m2", '"m"'), fc.record({ model: fc.constantFrom("m", "m2") })),
  dim: fc.constantFrom(2, 3),
  role,
  text: text.map((parts) => parts.join("")),
});

describe("vectorKeys", () => {
  it("are 32 bytes", () => {
    const key = vectorKeys({ identity: "m", dim: 2 }, "query")("text");
    expect(key).toHaveLength(32);
    expect(Buffer.from(key, "latin1").toString("latin1")).toBe(key);
  });

  it("are equal exactly for equal encoder, role and text", () => {
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = canonicalJson(a) === canonicalJson(b);
        expect(vectorKeys(a, a.role)(a.text) === vectorKeys(b, b.role)(b.text)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it("are not disturbed by the order of an identity's members", () => {
    const key = vectorKeys({ identity: { a: 1, b: 2 }, dim: 2 }, "query")("text");
    expect(vectorKeys({ identity: { b: 2, a: 1 }, dim: 2 }, "query")("text")).toBe(key);
  });
});

describe("encoderRecord", () => {
  it("names a folder an encoder", () => {
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = canonicalJson([a.identity, a.dim]) === canonicalJson([b.identity, b.dim]);
        expect(encoderRecord(a).folder).toMatch(/^[0-9a-f]{32}$/);
        expect(encoderRecord(a).folder === encoderRecord(b).folder).toBe(same);
      }),
    );
  });
});

describe("the embedding cache", () => {
  it("never answers for another identity, dimension, role or text", async () => {
    const stored = new Set<string>();
    const cache = openEmbeddingCache({ folder });
    await fc.assert(
      fc.asyncProperty(input, async (asked) => {
        const encoder = countingEncoder(asked.identity, { dim: asked.dim });
        const { embeddings, encoded } = await cache.embed({
          encoder,
          role: asked.role,
          count: 1,
          texts: stream([asked.text]),
        });
        expect(encoded).toBe(stored.has(canonicalJson(asked)) ? 0 : 1);
        stored.add(canonicalJson(asked));
        expect(embeddings.rows).toEqual(await encoder.encode([asked.text], asked.role));
      }),
      { numRuns: 150, endOnFailure: true }, // the cache keeps its state between runs, so shrinking says nothing
    );
  });
});
