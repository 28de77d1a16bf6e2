import { describe, expect, it } from "vitest";
import { isBefore, selectBest, sortKeys } from "../../harness/engine/order-keys.ts";
import { fc } from "../seeded-fast-check.ts";

/** Few different scores, each rank once. */
const anyKeys = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 120 }).chain((scores) =>
  fc.shuffledSubarray([...scores.keys()], { minLength: scores.length }).map((ranks) => ({
    scores: Float64Array.from(scores),
    ranks: Int32Array.from(ranks),
    slots: Int32Array.from(scores.keys()),
  })),
);

function sorted({ scores, ranks }: { scores: Float64Array; ranks: Int32Array }): number[] {
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || (ranks[a] ?? 0) - (ranks[b] ?? 0));
}

describe("sortKeys", () => {
  it("sorts by score descending, then by rank ascending", () => {
    fc.assert(
      fc.property(anyKeys, (keys) => {
        const expected = sorted(keys);
        sortKeys(keys, 0, keys.scores.length - 1);
        expect([...keys.slots]).toEqual(expected);
      }),
    );
  });
});

describe("selectBest", () => {
  it("moves the best to the front, the last of them to their end", () => {
    fc.assert(
      fc.property(anyKeys, fc.nat(), (keys, some) => {
        const count = 1 + (some % keys.scores.length);
        const expected = sorted(keys).slice(0, count);
        selectBest(keys, keys.scores.length, count);
        expect(keys.slots[count - 1]).toBe(expected.at(-1));
        expect([...keys.slots.subarray(0, count)].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });
});

describe("isBefore", () => {
  it.each([
    { scores: [2, 1], ranks: [1, 0], before: true },
    { scores: [1, 1], ranks: [0, 1], before: true },
    { scores: [1, 1], ranks: [1, 1], before: false },
    { scores: [1, 2], ranks: [0, 1], before: false },
  ])(
    "of scores $scores and ranks $ranks: $before",
    ({ scores: [a = 0, b = 0], ranks: [rankA = 0, rankB = 0], before }) => {
      expect(isBefore(a, rankA, b, rankB)).toBe(before);
    },
  );
});
