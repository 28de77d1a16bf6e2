import { describe, expect, it } from "vitest";
import { innerProducts } from "../../harness/engine/inner-products.ts";
import { fc } from "../seeded-fast-check.ts";

const value = fc.float({ min: -10, max: 10, noNaN: true });
const problem = fc
  .record({ count: fc.integer({ min: 0, max: 30 }), dim: fc.integer({ min: 1, max: 9 }) })
  .chain(({ count, dim }) =>
    fc.record({
      count: fc.constant(count),
      dim: fc.constant(dim),
      rows: fc.float32Array({ minLength: count * dim, maxLength: count * dim, min: -10, max: 10, noNaN: true }),
      query: fc.array(value, { minLength: dim, maxLength: dim }).map((values) => Float32Array.from(values)),
    }),
  );

describe("innerProducts", () => {
  it("equals the plain float64 sum by ascending dimension, to the last bit", () => {
    fc.assert(
      fc.property(problem, ({ count, dim, rows, query }) => {
        const out = new Float64Array(count).fill(Number.NaN);
        innerProducts({ count, dim, rows }, query, out);
        expect(out).toEqual(plainProducts(rows, query));
      }),
    );
  });

  it("gives a row the same score wherever it stands", () => {
    fc.assert(
      fc.property(problem, ({ count, dim, rows, query }) => {
        const reversed = new Float32Array(rows.length);
        for (let row = 0; row < count; row++) {
          reversed.set(rows.subarray(row * dim, (row + 1) * dim), (count - 1 - row) * dim);
        }
        const [out, mirrored] = [new Float64Array(count), new Float64Array(count)];
        innerProducts({ count, dim, rows }, query, out);
        innerProducts({ count, dim, rows: reversed }, query, mirrored);
        expect(mirrored.reverse()).toEqual(out);
      }),
    );
  });

  it.each([
    { why: "a query of another length", query: 3, out: 2, rows: 4 },
    { why: "no room for all scores", query: 2, out: 1, rows: 4 },
    { why: "rows that do not fit count and dim", query: 2, out: 2, rows: 5 },
  ])("refuses $why", ({ query, out, rows }) => {
    const embeddings = { count: 2, dim: 2, rows: new Float32Array(rows) };
    expect(() => innerProducts(embeddings, new Float32Array(query), new Float64Array(out))).toThrow(
      expect.objectContaining({ code: "DIMENSION_MISMATCH" }),
    );
  });
});

function plainProducts(rows: Float32Array, query: Float32Array): Float64Array {
  return Float64Array.from({ length: rows.length / query.length }, (_, row) =>
    query.reduce((sum, weight, d) => sum + (rows[row * query.length + d] ?? Number.NaN) * weight, 0),
  );
}
