import { describe, expect, it } from "vitest";
import { crossFitQueries, oracleAlpha } from "../../harness/compare/alpha-choice.ts";
import { detectableEffect } from "../../harness/compare/detectable-effect.ts";
import { randomizationTest } from "../../harness/compare/randomization-test.ts";
import { sampleMoments } from "../../harness/compare/sample-moments.ts";
import { normals, systemOf } from "./made-up-systems.ts";

const PAIRS = 1_000;
const QUERIES = 30;

/** Share of made-up pairs that the test rejects at 5 %, when the true difference is `shift` and the spread 1. */
function rejectionRate(shift: number): number {
  const labels = Array.from({ length: PAIRS }, (_, pair) => `pair ${pair}`);
  const rejected = labels.filter((label) => {
    const terms = normals(QUERIES, label).map((noise) => (shift + noise) / QUERIES);
    return randomizationTest([{ label, terms }], { seed: 1, draws: 9_999 }).p <= 0.05;
  });
  return rejected.length / PAIRS;
}

describe("the randomization test on many pairs", () => {
  it("rejects about 5 % of pairs that do not differ", () => {
    const rate = rejectionRate(0);
    expect(rate).toBeGreaterThanOrEqual(0.035);
    expect(rate).toBeLessThanOrEqual(0.065);
  });

  it("finds about 80 % of differences of the minimum detectable size", () => {
    const moments = { ...sampleMoments([0, 1]), n: QUERIES, standardError: 1 / Math.sqrt(QUERIES) };
    const rate = rejectionRate(detectableEffect(moments) ?? 0);
    expect(rate).toBeGreaterThanOrEqual(0.75);
    expect(rate).toBeLessThanOrEqual(0.85);
  });
});

describe("alpha chosen on noise", () => {
  it("gains as an oracle, and nothing when cross-fitted", () => {
    const gains = Array.from({ length: 400 }, (_, at) => {
      const base = normals(40, `base ${at}`);
      const points = Array.from({ length: 11 }, (_, point) => ({
        alpha: point / 10,
        values: systemOf(normals(40, `alpha ${point} of ${at}`)).values,
      }));
      const sweep = { ...systemOf([]), points };
      const gain = (values: ReadonlyMap<unknown, number>) => meanOf([...values.values()]) - meanOf(base);
      return {
        oracle: gain(oracleAlpha(sweep).values.values),
        crossFitted: gain(crossFitQueries(sweep, { seed: at }).values.values),
      };
    });
    const oracle = sampleMoments(gains.map((gain) => gain.oracle));
    const crossFitted = sampleMoments(gains.map((gain) => gain.crossFitted));
    expect(oracle.mean).toBeGreaterThan(10 * oracle.standardError);
    expect(Math.abs(crossFitted.mean)).toBeLessThan(2 * crossFitted.standardError);
  });
});

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
