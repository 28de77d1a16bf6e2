import { describe, expect, it } from "vitest";
import { bootstrapMeans, bootstrapTogether } from "../../harness/compare/bootstrap.ts";
import { differencesOf } from "./golden.ts";

describe("bootstrapMeans", () => {
  it("has the mean and the standard error of the sample", () => {
    const values = [0, 0.2, 0.4, 1];
    const means = [...bootstrapMeans([{ label: "d", values, weight: 1 }], { seed: 1, resamples: 10_000 })];
    const mean = 0.4;
    const variance = (0.16 + 0.04 + 0 + 0.36) / 4 / 4;
    const found = means.reduce((sum, value) => sum + value, 0) / 10_000;
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / 10_000));
    const spread = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 10_000;
    expect(spread / variance).toBeGreaterThan(0.93);
    expect(spread / variance).toBeLessThan(1.07);
  });

  it("draws every value equally often", () => {
    const values = Array.from({ length: 10 }, (_, at) => (at === 9 ? 1 : 0));
    const means = bootstrapMeans([{ label: "d", values, weight: 1 }], { seed: 1, resamples: 20_000 });
    const drawn = means.reduce((sum, mean) => sum + mean * 10, 0);
    // 200,000 draws of which one in ten is the last value
    expect(Math.abs(drawn - 20_000)).toBeLessThan(4 * Math.sqrt(200_000 * 0.1 * 0.9));
  });

  it("gives the beginning of a longer list to a shorter one", () => {
    const strata = ["small", "example"].map((label) => ({ label, values: differencesOf(label), weight: 1 / 2 }));
    const long = bootstrapMeans(strata, { seed: 1, resamples: 250 });
    expect(bootstrapMeans(strata, { seed: 1, resamples: 130 })).toEqual(long.subarray(0, 130));
  });
});

describe("bootstrapTogether", () => {
  it("gives every sample the means that it has alone, whatever was drawn before", () => {
    // six, so that they are no multiple of what is summed side by side
    const samples = [1, 2, 3, 4, 5, 6].map((power) => differencesOf("small").map((value) => value ** power));
    const options = { label: "d", seed: 1, resamples: 250 };
    const alone = (values: readonly number[]) => bootstrapMeans([{ label: "d", values, weight: 1 }], options);
    const expected = samples.map(alone);
    expect(bootstrapTogether(samples, options)).toEqual(expected);
    bootstrapMeans([{ label: "other", values: [0, 1], weight: 1 }], options);
    expect(bootstrapTogether(samples, options)).toEqual(expected);
    expect(bootstrapTogether([differencesOf("small")], { ...options, seed: 2 })).not.toEqual(expected.slice(0, 1));
  });
});
