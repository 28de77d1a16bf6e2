import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../../harness/compare/normal-distribution.ts";
import { golden, relativeError } from "./golden.ts";

describe("normalCdf", () => {
  it.each(golden.normalCdf)("agrees with scipy at %d", (z, expected) => {
    expect(relativeError(normalCdf(z), expected)).toBeLessThan(1e-12);
  });

  it("has no step where the series gives way to the continued fraction", () => {
    for (const z of [-3, 3]) expect(Math.abs(normalCdf(z - 1e-9) - normalCdf(z + 1e-9))).toBeLessThan(1e-11);
  });
});

describe("normalQuantile", () => {
  it.each(golden.normalQuantile)("agrees with scipy at %d", (probability, expected) => {
    expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThan(1e-11);
  });

  it("is infinite at the ends", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});
