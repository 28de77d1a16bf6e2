import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { PLAIN_FORMS, type TextRole } from "../../harness/encode/types.ts";
import { encoderRecord, vectorKeys } from "../../harness/encode/vector-key.ts";
import { canonicalJson, type Json } from "../../harness/storage/content-hash.ts";
import { fc } from "../seeded-fast-check.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";
import { rowsOf } from "./stored-vectors.ts";

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

const TEXT = { id: "t1", text: "text" };

function encoder(identity: Json, dim: number) {
  return { identity, dim, forms: PLAIN_FORMS };
}

function keyOf({ identity, dim, role, text }: { identity: Json; dim: number; role: TextRole; text: string }): string {
  return vectorKeys(encoder(identity, dim), role)({ id: "t1", text });
}

describe("vectorKeys", () => {
  it("are 32 bytes", () => {
    const key = vectorKeys(encoder("m", 2), "query")(TEXT);
    expect(key).toHaveLength(32);
    expect(Buffer.from(key, "latin1").toString("latin1")).toBe(key);
  });

  it("are equal exactly for equal encoder, role and text", () => {
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = canonicalJson(a) === canonicalJson(b);
        expect(keyOf(a) === keyOf(b)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it("are not disturbed by the order of an identity's members", () => {
    const key = vectorKeys(encoder({ a: 1, b: 2 }, 2), "query")(TEXT);
    expect(vectorKeys(encoder({ b: 2, a: 1 }, 2), "query")(TEXT)).toBe(key);
  });
});

describe("vectorKeys of a text, its name and its form", () => {
  const key = (changes: object, text = TEXT, role: TextRole = "query") =>
    vectorKeys({ ...encoder("m", 2), ...changes }, role)(text);
  const instructed = { forms: { ...PLAIN_FORMS, query: { template: "query: {text}" } } };

  it("pass over the name of a text that is read", () => {
    expect(key({}, { id: "other", text: "text" })).toBe(key({}));
  });

  it("pass over the text where the encoder goes by its name", () => {
    expect(key({ reads: "id" }, { id: "t1", text: "other" })).toBe(key({ reads: "id" }));
    expect(key({ reads: "id" }, { id: "t2", text: "text" })).not.toBe(key({ reads: "id" }));
    expect(key({ reads: "id" }, { id: "same", text: "" })).not.toBe(key({}, { id: "", text: "same" }));
  });

  it("differ with the form of their own role and with no other", () => {
    expect(key(instructed)).not.toBe(key({}));
    expect(key(instructed, TEXT, "document")).toBe(key({}, TEXT, "document"));
    expect(key({ forms: { ...PLAIN_FORMS, query: { template: "{text}", maxTokens: 8 } } })).not.toBe(key({}));
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

  it("keeps vectors of different precision apart", () => {
    const { folder, record } = encoderRecord(encoder("m", 2), "float16");
    expect(folder).not.toBe(encoderRecord(encoder("m", 2), "float32").folder);
    expect(record).toEqual({ schema: 3, identity: "m", dim: 2, storage: "float16" });
    expect(encoderRecord(encoder("m", 2)).record.storage).toBe("float32");
  });
});

describe("the embedding cache", () => {
  it("never answers for another identity, dimension, role or text", async () => {
    const stored = new Set<string>();
    const cache = openEmbeddingCache({ folder });
    await fc.assert(
      fc.asyncProperty(input, async (asked) => {
        const encoder = countingEncoder(asked.identity, { dim: asked.dim });
        const { vectors, encoded } = await cache.embed({
          encoder,
          role: asked.role,
          count: 1,
          texts: stream([asked.text]),
        });
        expect(encoded).toBe(stored.has(canonicalJson(asked)) ? 0 : 1);
        stored.add(canonicalJson(asked));
        expect(rowsOf(vectors)).toEqual((await encoder.encode([asked.text], asked.role)).vectors);
      }),
      { numRuns: 150, endOnFailure: true }, // the cache keeps its state between runs, so shrinking says nothing
    );
  });
});
