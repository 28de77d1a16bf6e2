import { describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import { mergeHits } from "../../harness/engine/merge-hits.ts";
import type { Hits } from "../../harness/engine/types.ts";
import { fc } from "../seeded-fast-check.ts";

/** The best rows of some rows, ranked as everywhere. */
function ranked(scores: Float64Array, rows: readonly number[], { k, ties }: { k: number; ties: Int32Array }) {
  const best = topRows(scores, Int32Array.from(rows), ties, k);
  return hitsOf(best, scores);
}

/** Hits whose parts tell what row they are of. */
function hitsOf(rows: Int32Array, scores: Float64Array): Hits {
  return {
    rows,
    scores: Float64Array.from(rows, (row) => scores[row] ?? 0),
    documentScores: Float32Array.from(rows, (row) => row + 0.25),
    scenarioScores: Float32Array.from(rows, (row) => row + 0.5),
    scenarioRows: rows.map((row) => 2 * row - 1),
  };
}

describe("mergeHits", () => {
  it("breaks ties by tie rank, whatever list a row is in", () => {
    const ties = Int32Array.from([2, 0, 1]);
    const lists = [
      hitsOf(Int32Array.from([0]), Float64Array.from([1, 1, 1])),
      hitsOf(Int32Array.from([1, 2]), Float64Array.from([1, 1, 1])),
    ];
    expect([...mergeHits(lists, { k: 3, ties }).rows]).toEqual([1, 2, 0]);
    expect([...mergeHits(lists, { k: 2, ties }).rows]).toEqual([1, 2]);
  });

  it("has nothing of nothing", () => {
    const nothing = hitsOf(new Int32Array(), new Float64Array());
    expect(mergeHits([], { k: 5, ties: new Int32Array() })).toEqual(nothing);
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
        expect(mergeHits(lists, { k, ties })).toEqual(ranked(all, rows, { k, ties }));
      }),
    );
  });
});
