import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import { mergeRanked } from "../../harness/engine/merge-ranked.ts";

/** The best rows of some rows, ranked as everywhere. */
function ranked(scores: Float64Array, rows: readonly number[], { k, ties }: { k: number; ties: Int32Array }) {
  const best = topRows(scores, Int32Array.from(rows), ties, k);
  return { rows: best, scores: Float64Array.from(best, (row) => scores[row] ?? 0) };
}

describe("mergeRanked", () => {
  it("breaks ties by tie rank, whatever list a row is in", () => {
    const ties = Int32Array.from([2, 0, 1]);
    const lists = [
      { rows: Int32Array.from([0]), scores: Float64Array.from([1]) },
      { rows: Int32Array.from([1, 2]), scores: Float64Array.from([1, 1]) },
    ];
    expect([...mergeRanked(lists, { k: 3, ties }).rows]).toEqual([1, 2, 0]);
    expect([...mergeRanked(lists, { k: 2, ties }).rows]).toEqual([1, 2]);
  });

  it("has nothing of nothing", () => {
    expect(mergeRanked([], { k: 5, ties: new Int32Array() })).toEqual({
      rows: new Int32Array(),
      scores: new Float64Array(),
    });
  });

  it("of parts is the ranking of the whole, with scores that are often equal", () => {
    const scores = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 40 });
    fc.assert(
      fc.property(scores, fc.nat(12), fc.integer({ min: 1, max: 5 }), fc.nat(), (values, k, parts, seed) => {
        const all = Float64Array.from(values);
        const rows = values.map((_, row) => row);
        // any permutation will do
        const order = [...rows].sort(
          (a, b) => (((a + 1) * 7919 + seed) % 31) - (((b + 1) * 7919 + seed) % 31) || a - b,
        );
        const ties = new Int32Array(rows.length);
        for (const [rank, row] of order.entries()) ties[row] = rank;
        const lists = Array.from({ length: parts }, (_, part) =>
          ranked(
            all,
            rows.filter((row) => row % parts === part),
            { k, ties },
          ),
        );
        expect(mergeRanked(lists, { k, ties })).toEqual(ranked(all, rows, { k, ties }));
      }),
    );
  });
});
