import { describe, expect, it } from "vitest";
import { POOLINGS } from "../../harness/encode/model-presets.ts";
import { poolTokens } from "../../harness/encode/pool-tokens.ts";
import { fc } from "../seeded-fast-check.ts";

describe("poolTokens", () => {
  it("takes the tokens of its row and no others, whatever the dimension", () => {
    const sizes = fc.record({
      dim: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 1, max: 3 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(sizes, fc.constantFrom(...POOLINGS), fc.nat(), fc.nat(), (shape, pooling, rowSeed, lengthSeed) => {
        const { dim, width, rows, seed } = shape;
        const values = Float32Array.from({ length: rows * width * dim }, (_, at) => 2 + Math.sin(at + seed));
        const row = rowSeed % rows;
        const length = 1 + (lengthSeed % width);
        const token = (at: number) => values.subarray((row * width + at) * dim, (row * width + at + 1) * dim);
        const chosen = Array.from({ length }, (_, at) => at).filter(
          (at) => pooling === "mean" || at === (pooling === "cls" ? 0 : length - 1),
        );
        const sum = Array.from({ length: dim }, (_, d) => chosen.reduce((total, at) => total + (token(at)[d] ?? 0), 0));
        const norm = Math.hypot(...sum);
        const out = new Float32Array(dim);
        poolTokens({ values, width, dim }, { row, length, pooling }, out);
        for (const [d, value] of out.entries()) expect(value).toBeCloseTo((sum[d] ?? 0) / norm, 6);
      }),
    );
  });

  it("gives zeros where the sum is zero", () => {
    const out = Float32Array.of(7, 7);
    poolTokens(
      { values: Float32Array.of(1, -2, -1, 2), width: 2, dim: 2 },
      { row: 0, length: 2, pooling: "mean" },
      out,
    );
    expect([...out]).toEqual([0, 0]);
  });
});
