import { describe, expect, it } from "vitest";
import { regularizedBeta } from "../../harness/compare/incomplete-beta.ts";
import { fc } from "../seeded-fast-check.ts";
import { relativeError } from "./golden.ts";

describe("regularizedBeta", () => {
  it("is x^a where b is 1, and the binomial tail for whole numbers", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (x, a) => {
          expect(relativeError(regularizedBeta({ x, rest: 1 - x, a, b: 1 }), x ** a)).toBeLessThan(1e-11);
        },
      ),
    );
    // two or three heads of three fair coins
    expect(regularizedBeta({ x: 1 / 2, rest: 1 / 2, a: 2, b: 2 })).toBeCloseTo(3 / 8 + 1 / 8, 14);
  });

  it("is 0 and 1 at the ends", () => {
    expect(regularizedBeta({ x: 0, rest: 1, a: 2, b: 3 })).toBe(0);
    expect(regularizedBeta({ x: 1, rest: 0, a: 2, b: 3 })).toBe(1);
  });
});
