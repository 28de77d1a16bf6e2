import { describe, expect, it } from "vitest";
import { pairedTTest, tInterval } from "../../harness/compare/paired-t-test.ts";
import { sampleMoments } from "../../harness/compare/sample-moments.ts";
import { differencesOf, goldenPairs } from "./golden.ts";

describe("pairedTTest", () => {
  it.each(goldenPairs)("agrees with scipy's ttest_rel on the pair `$name`", ({ name, mean, sd, t, pT }) => {
    const moments = sampleMoments(differencesOf(name));
    expect(moments.mean).toBeCloseTo(mean, 14);
    expect(moments.sd).toBeCloseTo(sd, 14);
    const test = pairedTTest(moments);
    expect(test?.t).toBeCloseTo(t, 11);
    expect((test?.p ?? 0) / pT).toBeCloseTo(1, 10);
  });

  it("gives the check values of docs/semantics.md", () => {
    const test = pairedTTest(sampleMoments(differencesOf("example")));
    expect(test?.t).toBeCloseTo(2.3571426149344377, 12);
    expect(test?.p).toBeCloseTo(0.03800512035209861, 12);
  });

  it("is 1 when all differences are zero, and undefined when they are all the same otherwise", () => {
    expect(pairedTTest(sampleMoments([0, 0, 0]))).toEqual({ t: 0, p: 1 });
    expect(pairedTTest(sampleMoments([0.1, 0.1, 0.1]))).toBeUndefined();
  });
});

describe("tInterval", () => {
  it.each(goldenPairs)("agrees with scipy on the pair `$name`", ({ name, tInterval: [low = 0, high = 0] }) => {
    const [foundLow, foundHigh] = tInterval(sampleMoments(differencesOf(name)), 0.95);
    expect(foundLow).toBeCloseTo(low, 12);
    expect(foundHigh).toBeCloseTo(high, 12);
  });

  it("is a point where values do not vary", () => {
    expect(tInterval(sampleMoments([0.25, 0.25]), 0.95)).toEqual([0.25, 0.25]);
  });
});
