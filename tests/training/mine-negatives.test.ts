import { describe, expect, it } from "vitest";
import { mineNegatives } from "../../harness/training/mine-negatives.ts";

const SCORES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];

function mine(given: {
  readonly candidates?: readonly number[];
  readonly from?: number;
  readonly to?: number;
  readonly margin?: number;
}) {
  const { candidates = [0, 1, 2, 3, 4, 5], from = 1, to = 6, margin = 0 } = given;
  const scores = {
    query: 0,
    scores: Float64Array.from(SCORES),
    candidates: Int32Array.from(candidates),
    ties: Int32Array.from(SCORES.keys()),
  };
  const mined = mineNegatives(scores, { relevant: Int32Array.of(1, 3) }, { gold: 1, ranks: { from, to }, margin });
  return { ...mined, negatives: mined.negatives.map(({ row, rank }) => [row, rank]) };
}

describe("mineNegatives", () => {
  it("takes what is below the gold document and not judged relevant", () => {
    expect(mine({})).toEqual({
      negatives: [
        [2, 3],
        [4, 5],
        [5, 6],
      ],
      relevant: 2,
      suspected: 1, // row 0 is above the gold document
      positiveScore: 0.8,
    });
  });

  it("takes only what is below by the margin", () => {
    expect(mine({ margin: 0.25 })).toMatchObject({
      negatives: [
        [4, 5],
        [5, 6],
      ],
      suspected: 2,
    });
  });

  it("takes the range of ranks, both ends included, counted with what may not be returned left out", () => {
    expect(mine({ from: 3, to: 5 }).negatives).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(mine({ candidates: [1, 2, 4, 5], from: 2, to: 3 }).negatives).toEqual([
      [2, 2],
      [4, 3],
    ]);
  });

  it("takes nothing where the gold document is not returned", () => {
    expect(mine({ candidates: [0, 2] })).toEqual({
      negatives: [],
      relevant: 0,
      suspected: 0,
      positiveScore: undefined,
    });
  });
});
