import { describe, expect, it } from "vitest";
import { countWins, standardizedEffect } from "../../harness/compare/effect-size.ts";
import { sampleMoments } from "../../harness/compare/sample-moments.ts";
import { differencesOf } from "./golden.ts";

describe("countWins", () => {
  it("gives the check values of docs/semantics.md", () => {
    expect(countWins(differencesOf("example"))).toEqual({
      wins: 6,
      ties: 4,
      losses: 2,
      superiority: (6 + 4 / 2) / 12,
    });
  });

  it("ties differences below a billionth", () => {
    expect(countWins([9e-10, -9e-10, 1e-9, -1e-9])).toMatchObject({ wins: 1, ties: 2, losses: 1 });
    expect(countWins([0, 0])).toEqual({ wins: 0, ties: 2, losses: 0, superiority: 1 / 2 });
  });
});

describe("standardizedEffect", () => {
  it("gives the check values of docs/semantics.md", () => {
    const effect = standardizedEffect(sampleMoments(differencesOf("example")));
    expect(effect?.dz).toBeCloseTo(0.680448461625368, 12);
    expect(effect?.hedges).toBeCloseTo(0.680448461625368 * 0.9302325581395349, 12);
  });

  it("is undefined where differences do not vary, zero or not", () => {
    expect(standardizedEffect(sampleMoments([0, 0, 0]))).toBeUndefined();
    expect(standardizedEffect(sampleMoments([0.5, 0.5]))).toBeUndefined();
  });

  it("has no corrected value but 0 for two queries", () => {
    expect(standardizedEffect(sampleMoments([1, 3]))).toEqual({ dz: 2 / Math.SQRT2, hedges: 0 });
  });
});
