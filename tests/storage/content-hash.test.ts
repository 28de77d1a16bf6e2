import { describe, expect, it } from "vitest";
import { canonicalJson, createTextHash, hashJson } from "../../harness/storage/content-hash.ts";
import { fc } from "../seeded-fast-check.ts";

describe("canonicalJson", () => {
  it("sorts keys at every depth and leaves undefined out", () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: { z: null, y: "x" } })).toBe(
      '{"a":{"y":"x","z":null},"b":[{"d":1}]}',
    );
  });

  it("is the same for the same members in another order, and so is its hash", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
        expect(hashJson(reversed)).toBe(hashJson(members));
      }),
    );
  });
});

describe("createTextHash", () => {
  const hash = (...tuples: string[][]) => {
    const made = createTextHash();
    for (const tuple of tuples) made.add(...tuple);
    return made.digest();
  };

  it("tells texts, their boundaries and their order apart", () => {
    const hashes = [
      hash(["ab", "c"]),
      hash(["a", "bc"]),
      hash(["abc"]),
      hash(["c", "ab"]),
      hash(["ab"], ["c"]),
      hash(["ab", "c", ""]),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
