import { describe, expect, it } from "vitest";
import { sampleMoments } from "../../harness/compare/sample-moments.ts";

describe("sampleMoments", () => {
  it("divides by n - 1", () => {
    const { n, mean, sd, standardError, isConstant } = sampleMoments([1, 2, 6]);
    expect({ n, mean, isConstant }).toEqual({ n: 3, mean: 3, isConstant: false });
    expect(sd).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2), 15);
    expect(standardError).toBeCloseTo(Math.sqrt(7 / 3), 15);
  });

  it("takes values that differ by rounding only for the same", () => {
    expect(sampleMoments([0.3 - 0.2, 0.4 - 0.3, 0.1]).isConstant).toBe(true);
    expect(sampleMoments([0.1, 0.1 + 1e-9]).isConstant).toBe(false);
  });
});
