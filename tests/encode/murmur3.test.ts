import { describe, expect, it } from "vitest";
import { murmur3 } from "../../harness/encode/murmur3.ts";

describe("murmur3", () => {
  // the values of the reference implementation that every port is checked against
  it.each([
    { text: "", seed: 0, expected: 0 },
    { text: "", seed: 1, expected: 0x514e28b7 },
    { text: "hello", seed: 0, expected: 0x248bfa47 },
    { text: "hello, world", seed: 0, expected: 0x149bbb7f },
    { text: "The quick brown fox jumps over the lazy dog", seed: 0, expected: 0x2e4ff723 },
    // scikit-learn, documentation of sklearn.utils.murmurhash3_32
    { text: "Hello World!", seed: 42, expected: 3565178 },
  ])("hashes `$text` with seed $seed", ({ text, seed, expected }) => {
    expect(murmur3(Buffer.from(text), seed)).toBe(expected);
  });
});
