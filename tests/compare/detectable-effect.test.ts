import { describe, expect, it } from "vitest";
import { detectableEffect } from "../../harness/compare/detectable-effect.ts";
import { sampleMoments } from "../../harness/compare/sample-moments.ts";
import { studentCritical, studentPower } from "../../harness/compare/student-t.ts";
import { goldenPairs, relativeError } from "./golden.ts";

describe("detectableEffect", () => {
  it.each(goldenPairs.filter(({ mde }) => mde !== null))("agrees with scipy on the pair `$name`", ({ a, b, mde }) => {
    const moments = sampleMoments(a.map((value, at) => value - (b[at] ?? 0)));
    expect(relativeError(detectableEffect(moments) ?? 0, mde ?? 0)).toBeLessThan(1e-11);
  });

  it("knows nothing where differences do not vary", () => {
    expect(detectableEffect(sampleMoments([0.25, 0.25, 0.25]))).toBeUndefined();
  });

  it("is what the t test finds four times in five, also with one degree of freedom", () => {
    const moments = sampleMoments([0.1, 0.3]);
    const shift = (detectableEffect(moments) ?? 0) / moments.standardError;
    expect(studentPower(shift, { critical: studentCritical(0.05, 1), df: 1 })).toBeCloseTo(0.8, 12);
  });
});
