import { describe, expect, it } from "vitest";
import { accelerationOf, bcaInterval } from "../../harness/compare/bca-interval.ts";
import { fc } from "../seeded-fast-check.ts";
import { differencesOf, type GoldenInterval, golden, goldenPairs } from "./golden.ts";

const OPTIONS = { seed: 1, resamples: 10_000, level: 0.95 };

function stratum(name: string, weight = 1) {
  return { label: name, values: differencesOf(name), weight };
}

/** Ends within 4 standard deviations of theirs; 1e-12 where the ends of all seeds are equal but for rounding. */
function expectNear(found: readonly number[], { interval, sd }: GoldenInterval): void {
  for (const [end, expected] of interval.entries()) {
    expect(Math.abs((found[end] ?? Number.NaN) - expected)).toBeLessThan(4 * (sd[end] ?? 0) + 1e-12);
  }
}

const bounded = goldenPairs.flatMap(({ name, bca95, bca90 }) =>
  bca95 === undefined || bca90 === undefined ? [] : [{ name, bca95, bca90 }],
);

describe("bcaInterval", () => {
  it.each(bounded)("agrees with scipy's bootstrap on the pair `$name`", ({ name, bca95, bca90 }) => {
    expectNear(bcaInterval([stratum(name)], OPTIONS), bca95);
    expectNear(bcaInterval([stratum(name)], { ...OPTIONS, level: 0.9 }), bca90);
  });

  it("agrees with scipy where both corrections move the ends, with as many resamples", () => {
    const { interval = [], sd = [] } = golden.pairs["skewed"]?.bca95 ?? {};
    // both sides have 200,000 resamples, twenty times those of `sd`
    const narrow = { interval, sd: sd.map((end) => end * Math.sqrt(2 / 20)) };
    expectNear(bcaInterval([stratum("skewed")], { ...OPTIONS, resamples: 200_000 }), narrow);
  });

  it.each(golden.across)("agrees with scipy on the macro mean over $datasets", ({ datasets, bca95 }) => {
    const strata = datasets.map((name) => stratum(name, 1 / datasets.length));
    expectNear(bcaInterval(strata, OPTIONS), bca95);
  });

  it("is the estimate where every resample is the same", () => {
    expect(bcaInterval([{ label: "d", values: [0, 0, 0], weight: 1 }], OPTIONS)).toEqual([0, 0]);
    const same = { values: [0.5, 0.5], weight: 1 / 2 };
    const other = { values: [0.25, 0.25], weight: 1 / 2 };
    expect(
      bcaInterval(
        [
          { label: "d", ...same },
          { label: "e", ...other },
        ],
        OPTIONS,
      ),
    ).toEqual([0.375, 0.375]);
  });

  it("holds zero where one query of a hundred differs", () => {
    const values = Array.from({ length: 100 }, (_, at) => (at === 0 ? 1 : 0));
    const [low, high] = bcaInterval([{ label: "d", values, weight: 1 }], OPTIONS);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(1 / 100);
  });

  it("is finite with one resample, which lies below or above the estimate", () => {
    for (const seed of [1, 2, 3]) {
      const [low, high] = bcaInterval([stratum("small")], { seed, resamples: 1, level: 0.95 });
      expect(low).toBe(high);
      expect(Number.isFinite(low)).toBe(true);
    }
  });

  it("lies among the values, low end first, and turns over with their sign", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 }), (values) => {
        const options = { ...OPTIONS, resamples: 500 };
        const [low, high] = bcaInterval([{ label: "d", values, weight: 1 }], options);
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        const [turnedLow, turnedHigh] = bcaInterval(
          [{ label: "d", values: values.map((value) => -value), weight: 1 }],
          options,
        );
        expect(-turnedHigh).toBeCloseTo(low, 9);
        expect(-turnedLow).toBeCloseTo(high, 9);
      }),
      { numRuns: 50 },
    );
  });
});

describe("accelerationOf", () => {
  it.each(goldenPairs)("agrees with the jackknife on the pair `$name`", ({ name, acceleration }) => {
    expect(accelerationOf([stratum(name)])).toBeCloseTo(acceleration, 12);
  });

  it.each(golden.across)("agrees with the jackknife of several samples, $datasets", ({ datasets, acceleration }) => {
    const strata = datasets.map((name) => stratum(name, 1 / datasets.length));
    expect(accelerationOf(strata)).toBeCloseTo(acceleration, 12);
  });

  it("is at most 1/6 in size", () => {
    const strata = fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 }), { minLength: 1 });
    fc.assert(
      fc.property(strata, (samples) => {
        const found = accelerationOf(samples.map((values, at) => ({ label: `${at}`, values, weight: 1 / (at + 1) })));
        expect(Number.isNaN(found) || Math.abs(found) <= 1 / 6 + 1e-12).toBe(true);
      }),
    );
  });
});
