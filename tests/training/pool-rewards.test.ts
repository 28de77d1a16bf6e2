import { describe, expect, it } from "vitest";
import { chooseExtremes, reciprocalRanks, sumOf } from "../../harness/training/pool-rewards.ts";
import { fc } from "../seeded-fast-check.ts";

const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 });

describe("reciprocalRanks", () => {
  it.each([
    { of: [0.3, 0.9, 0.5], expected: [1 / 3, 1, 1 / 2] },
    { of: [0.9, 0.1, 0.9, 0.5], expected: [1, 1 / 4, 1, 1 / 3] }, // two share rank 1, so the next has rank 3
    { of: [-1, -2], expected: [1, 1 / 2] },
    { of: [0, 0, 0], expected: [1, 1, 1] },
    { of: [0.5], expected: [1] },
  ])("gives $expected for $of", ({ of, expected }) => {
    expect([...reciprocalRanks(Float64Array.from(of))]).toEqual(expected);
  });

  it("is one over one more than the number of greater values", () => {
    fc.assert(
      fc.property(values, (some) => {
        const expected = some.map((value) => 1 / (1 + some.filter((other) => other > value).length));
        expect([...reciprocalRanks(Float64Array.from(some))]).toEqual(expected);
      }),
    );
  });
});

describe("sumOf", () => {
  it("adds position by position", () => {
    const parts = [Float64Array.from([1, 1 / 2]), Float64Array.from([1 / 2, 1 / 4])];
    expect([...sumOf(parts)]).toEqual([1 + 1 / 2, 1 / 2 + 1 / 4]);
    expect([...sumOf(parts.slice(0, 1))]).toEqual([1, 1 / 2]);
  });
});

describe("chooseExtremes", () => {
  it.each([
    { rewards: [0.2, 1.5, 0.7], expected: { chosen: 1, rejected: 0 } },
    { rewards: [1, 0.5, 1, 0.5], expected: { chosen: 0, rejected: 1 } },
    { rewards: [0.5, 1], expected: { chosen: 1, rejected: 0 } },
    { rewards: [0.7, 0.7], expected: undefined },
    { rewards: [0.7], expected: undefined },
    { rewards: [], expected: undefined },
  ])("chooses $expected by $rewards", ({ rewards, expected }) => {
    expect(chooseExtremes(Float64Array.from(rewards))).toEqual(expected);
  });
});
