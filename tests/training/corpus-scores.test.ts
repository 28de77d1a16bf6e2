import { describe, expect, it } from "vitest";
import { bestRank } from "../../harness/training/corpus-scores.ts";
import { fc } from "../seeded-fast-check.ts";

const scoresOf = (scores: readonly number[], candidates = scores.map((_, row) => row)) => ({
  query: 0,
  scores: Float64Array.from(scores),
  candidates: Int32Array.from(candidates),
  ties: Int32Array.from(scores.map((_, row) => row)),
});

describe("bestRank", () => {
  it.each([
    { scores: [0.1, 0.9, 0.5], rows: [0], expected: 3 },
    { scores: [0.1, 0.9, 0.5], rows: [0, 2], expected: 2 },
    { scores: [0.5, 0.5, 0.5], rows: [2], expected: 3 }, // equal scores go by tie rank
    { scores: [0.1, 0.9, 0.5], rows: [0], candidates: [0, 2], expected: 2 }, // the best one may not be returned
    { scores: [0.1, 0.9, 0.5], rows: [1], candidates: [0, 2], expected: undefined },
    { scores: [0.1], rows: [], expected: undefined },
  ])("is $expected for $rows of $scores", ({ scores, rows, candidates, expected }) => {
    expect(bestRank(scoresOf(scores, candidates), Int32Array.from(rows))).toBe(expected);
  });

  it("is the place in the sorted ranking", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 9 }), fc.nat(8), (scores, at) => {
        const row = at % scores.length;
        const order = scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
        expect(bestRank(scoresOf(scores), Int32Array.of(row))).toBe(order.indexOf(row) + 1);
      }),
    );
  });
});
