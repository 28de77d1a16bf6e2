import { describe, expect, it } from "vitest";
import { studentCritical, studentPower, studentTwoSided } from "../../harness/compare/student-t.ts";
import { golden, relativeError } from "./golden.ts";

describe("studentTwoSided", () => {
  it.each(golden.studentTwoSided)("agrees with scipy at t %d with %d degrees of freedom", (t, df, expected) => {
    expect(relativeError(studentTwoSided(t, df), expected)).toBeLessThan(2e-11);
    expect(studentTwoSided(-t, df)).toBe(studentTwoSided(t, df));
  });

  it("is an arctangent with one degree of freedom", () => {
    for (const t of [1e-9, 1e-6, 0.1, 1, 30, 1e6]) {
      expect(relativeError(studentTwoSided(t, 1), (2 / Math.PI) * Math.atan(1 / t))).toBeLessThan(1e-13);
    }
  });
});

describe("studentCritical", () => {
  it.each(golden.studentCritical)("agrees with scipy at %d with %d degrees of freedom", (alpha, df, expected) => {
    expect(relativeError(studentCritical(alpha, df), expected)).toBeLessThan(1e-11);
  });
});

describe("studentPower", () => {
  it.each(golden.studentPower)("agrees with scipy for shift %d with %d degrees of freedom", (shift, df, expected) => {
    const critical = studentCritical(0.05, df);
    expect(Math.abs(studentPower(shift, { critical, df }) - expected)).toBeLessThan(1e-11);
  });

  it("is the level of the test where there is nothing to find", () => {
    expect(studentPower(0, { critical: studentCritical(0.05, 7), df: 7 })).toBeCloseTo(0.05, 12);
  });
});
