import { describe, expect, it } from "vitest";
import { planPasses, tileWidth } from "../../harness/engine/plan-passes.ts";
import type { SearchRequest } from "../../harness/engine/types.ts";
import { fc } from "../seeded-fast-check.ts";
import { PLAIN } from "./agreement.ts";

/** A request of these sizes; its vectors are never read. */
function requestFor({
  counts,
  queries,
  k = 10,
}: {
  counts: readonly number[];
  queries: number;
  k?: number;
}): SearchRequest {
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, count] of counts.entries()) offsets[row + 1] = (offsets[row] ?? 0) + count;
  const vectors = (count: number) => ({ count, dim: 100, rows: new Float32Array(0) });
  return {
    documents: { vectors: vectors(counts.length), ties: new Int32Array(counts.length) },
    scenarios: { vectors: vectors(offsets.at(-1) ?? 0), ties: new Int32Array(offsets.at(-1) ?? 0), offsets },
    queries: vectors(queries),
    sweeps: [{ ...PLAIN, k }],
  };
}

const anyRequest = fc.record({
  counts: fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 1, arbitrary: fc.nat(3000) }),
    {
      maxLength: 60,
    },
  ),
  queries: fc.integer({ min: 1, max: 900 }),
});

describe("planPasses", () => {
  it("gives every document to one block and every query to one pass, whatever the memory", () => {
    const anyBytes = fc.constantFrom(0, 1e6, 1e8, 1e10);
    fc.assert(
      fc.property(anyRequest, anyBytes, fc.integer({ min: 1, max: 8 }), (shape, maxBytes, threads) => {
        const { blocks, blockRows, passes } = planPasses(requestFor(shape), { threads, maxBytes });
        expect(blocks[0]).toBe(0);
        expect(blocks.at(-1)).toBe(shape.counts.length);
        const rows = Array.from(blocks.subarray(1), (end, block) => {
          const own = shape.counts.slice(blocks[block], end);
          expect(own.length).toBeGreaterThan(0);
          return own.length + own.reduce((sum, count) => sum + count, 0);
        });
        expect(blockRows).toBe(Math.max(0, ...rows));
        expect(
          passes.flatMap(({ first, count }) => Array.from({ length: count }, (_, query) => first + query)),
        ).toEqual(Array.from({ length: shape.queries }, (_, query) => query));
      }),
    );
  });

  it("takes all queries at once where memory allows, and in even turns where it does not", () => {
    const request = requestFor({ counts: Array.from({ length: 5_000 }, () => 5), queries: 700, k: 1_000 });
    expect(planPasses(request, { threads: 2, maxBytes: 1e10 }).passes).toEqual([{ first: 0, count: 700 }]);
    // pools, lists and answers of a query: 5 pairs of weights of 1,000 hits each, in entries of 24 bytes, 4 to 6 times over
    const counts = planPasses(request, { threads: 2, maxBytes: 1e8 }).passes.map(({ count }) => count);
    expect(counts.length).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(1e8 / (5 * 1_000 * 24 * 4));
    expect(new Set(counts.slice(0, -1)).size).toBe(1);
  });
});

describe("tileWidth", () => {
  it.each([
    { count: 1, tile: { least: 128, step: 16 }, width: 128 },
    { count: 200, tile: { least: 128, step: 16 }, width: 208 },
    { count: 256, tile: { least: 128, step: 16 }, width: 256 },
    { count: 500, tile: { least: 128, step: 16 }, width: 256 },
    { count: 600, tile: { least: 128, step: 16 }, width: 208 },
    { count: 3, tile: { least: 1, step: 1 }, width: 3 },
  ])("of $count queries is $width", ({ count, tile, width }) => expect(tileWidth(count, tile)).toBe(width));
});
