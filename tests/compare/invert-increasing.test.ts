import { describe, expect, it } from "vitest";
import { invertIncreasing, invertIncreasingAboveZero } from "../../harness/compare/invert-increasing.ts";
import { fc } from "../seeded-fast-check.ts";
import { relativeError } from "./golden.ts";

describe("invertIncreasing", () => {
  it("finds where a function reaches its target to the last bit or two", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 9.9, noNaN: true }), (root) => {
        expect(invertIncreasing((x) => x ** 3, root ** 3, { low: 0, high: 10 })).toBeCloseTo(root, 13);
      }),
    );
  });
});

describe("invertIncreasingAboveZero", () => {
  it("finds points of any size", () => {
    for (const root of [1e-6, 0.5, 1, 12.7, 1e6]) {
      expect(relativeError(invertIncreasingAboveZero(Math.log, Math.log(root)), root)).toBeLessThan(1e-13);
    }
  });
});
