import { describe, expect, it } from "vitest";
import { alphaGridSchema, expandAlphaGrid } from "../../harness/spec/alpha-grid.ts";
import { fc } from "../seeded-fast-check.ts";

const expand = (grid: unknown) => expandAlphaGrid(alphaGridSchema.parse(grid));

describe("alpha grid", () => {
  it("is made of integers, not by adding steps", () => {
    expect(expand({ from: 0, to: 1, step: 0.1 })).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(expand({ from: 0, to: 1, step: 0.05 })).toEqual(Array.from({ length: 21 }, (_, i) => i / 20));
    expect(expand({ from: 0.25, to: 0.25, step: 0.1 })).toEqual([0.25]);
    expect(expand({ from: 0, to: 1e-3, step: 5e-4 })).toEqual([0, 0.0005, 0.001]);
  });

  it("gives every i / n exactly", () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 5, 8, 10, 20, 25, 40, 50, 100), (n) => {
        expect(expand({ from: 0, to: 1, step: 1 / n })).toEqual(Array.from({ length: n + 1 }, (_, i) => i / n));
      }),
    );
  });

  it("sorts a list", () => expect(expand([1, 0, 0.5])).toEqual([0, 0.5, 1]));

  it.each([
    { why: "below 0", grid: [-0.1] },
    { why: "above 1", grid: [1.1] },
    { why: "not a number", grid: ["0.5"] },
    { why: "empty", grid: [] },
    { why: "repeated", grid: [0.5, 0.5] },
    { why: "step that misses the end", grid: { from: 0, to: 1, step: 0.3 } },
    { why: "step of nothing", grid: { from: 0, to: 1, step: 0 } },
    { why: "backwards", grid: { from: 1, to: 0, step: 0.1 } },
    { why: "NaN", grid: [Number.NaN] },
  ])("refuses one that is $why", ({ grid }) => {
    expect(alphaGridSchema.safeParse(grid).success).toBe(false);
  });
});
