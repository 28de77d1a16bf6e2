import { describe, expect, it } from "vitest";
import { arraySpec, splitArrays } from "../../harness/tasks/array-spec.ts";
import { fc } from "../seeded-fast-check.ts";

describe("arraySpec", () => {
  it.each([
    { indices: [0], spec: "0" },
    { indices: [0, 1, 2], spec: "0-2" },
    { indices: [0, 2, 3, 7], spec: "0,2-3,7" },
    { indices: [], spec: "" },
  ])("writes $indices as $spec", ({ indices, spec }) => {
    expect(arraySpec(indices)).toBe(spec);
  });
});

describe("splitArrays", () => {
  it("starts a new array where an index would reach the limit", () => {
    expect(splitArrays([0, 2, 3, 4, 9], 3)).toEqual([
      { offset: 0, indices: [0, 2] },
      { offset: 3, indices: [0, 1] },
      { offset: 9, indices: [0] },
    ]);
  });

  it("keeps every task once, with indices below the limit", () => {
    const tasks = fc.uniqueArray(fc.nat(300), { maxLength: 60 });
    fc.assert(
      fc.property(tasks, fc.integer({ min: 2, max: 50 }), (numbers, size) => {
        const arrays = splitArrays(numbers, size);
        const found = arrays.flatMap(({ offset, indices }) => indices.map((index) => offset + index));
        expect(found).toEqual([...numbers].sort((a, b) => a - b));
        expect(arrays.every(({ indices }) => indices.every((index) => index < size))).toBe(true);
      }),
    );
  });
});
