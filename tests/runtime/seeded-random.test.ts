import { describe, expect, it } from "vitest";
import { createRandomSource, fillPhilox, RANDOM_GENERATOR } from "../../harness/runtime/seeded-random.ts";
import { fc } from "../seeded-fast-check.ts";

function drawn(seed: number, label: string, { block = 0, count = 8 } = {}): readonly number[] {
  const words = new Uint32Array(count);
  createRandomSource(seed, label).fill(words, block);
  return [...words];
}

describe("fillPhilox", () => {
  // Random123's tests/kat_vectors, lines `philox4x32 10`
  it.each<{ counter: readonly [number, number, number, number]; key: readonly [number, number]; words: number[] }>([
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])("gives the reference's words for $counter", ({ counter, key, words }) => {
    const found = new Uint32Array(4);
    fillPhilox(found, key, counter);
    expect([...found]).toEqual(words);
  });

  it("raises the first word of the counter by one every four words", () => {
    const [long, second] = [new Uint32Array(8), new Uint32Array(4)];
    fillPhilox(long, [1, 2], [7, 0, 0, 0]);
    fillPhilox(second, [1, 2], [8, 0, 0, 0]);
    expect([...long.subarray(4)]).toEqual([...second]);
  });
});

describe("createRandomSource", () => {
  it("gives the same words for the same seed, label and block, in whatever order blocks are asked for", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.array(fc.nat(2 ** 32 - 1), { maxLength: 5 }), (seed, label, blocks) => {
        const source = createRandomSource(seed, label);
        const found = [...blocks, ...[...blocks].reverse()].map((block) => {
          const words = new Uint32Array(6);
          source.fill(words, block);
          return [...words];
        });
        const expected = blocks.map((block) => drawn(seed, label, { block, count: 6 }));
        expect(found).toEqual([...expected, ...[...expected].reverse()]);
      }),
    );
  });

  it("gives the beginning of a longer draw to a shorter one", () => {
    expect(drawn(1, "a", { count: 5 })).toEqual(drawn(1, "a", { count: 8 }).slice(0, 5));
  });

  it("gives unrelated words for another seed, label or block", () => {
    const words = [drawn(1, "a"), drawn(2, "a"), drawn(1, "b"), drawn(1, "a", { block: 1 }), drawn(0.5, "a")].flat();
    expect(new Set(words).size).toBe(words.length);
  });

  it("gives the words that results of this version were made with", () => {
    expect(RANDOM_GENERATOR).toBe("philox4x32-10/1");
    expect(drawn(1, "signs of d", { block: 3, count: 4 })).toEqual(PINNED);
  });

  it("sets every bit half of the time", () => {
    const words = drawn(1, "bits", { count: 40_000 });
    for (let bit = 0; bit < 32; bit++) {
      const ones = words.filter((word) => (word >>> bit) & 1).length;
      // 4.5 standard deviations of 40,000 fair bits
      expect(Math.abs(ones - 20_000)).toBeLessThan(4.5 * 100);
    }
  });
});

/** Computed with Python integers: sha256 of "philox4x32-10/1\n1\nsigns of d" as key and upper counter; the counter's lower half is (0, 3). */
const PINNED = [0xce65f0b4, 0xd24bb738, 0x62854407, 0xcd4b0ae5];
