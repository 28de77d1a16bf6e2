import { describe, expect, it } from "vitest";
import { createRowSums } from "../../harness/retrieve/row-sums.ts";
import { fc } from "../seeded-fast-check.ts";

const ROWS = 24;
const addend = fc.record({ row: fc.nat(ROWS - 1), score: fc.float({ min: 0, max: 8, noNaN: true }) });
const term = (most: number) => fc.uniqueArray(addend, { selector: ({ row }) => row, maxLength: most });
/** Queries that touch few rows and queries that touch nearly all, in turns. */
const queries = fc
  .array(fc.tuple(fc.array(term(2), { maxLength: 2 }), fc.array(term(ROWS), { maxLength: 4 })), { maxLength: 4 })
  .map((pairs) => pairs.flat());

describe("createRowSums", () => {
  it("sums the terms of each query by row, whatever the query before it left", () => {
    fc.assert(
      fc.property(queries, (asked) => {
        const sum = createRowSums(ROWS);
        for (const terms of asked) {
          const expected = new Array<number>(ROWS).fill(0);
          for (const { row, score } of terms.flat()) expected[row] = (expected[row] ?? 0) + score;
          const { scores, matched } = sum(terms.map(termScores));
          expect([...scores]).toEqual(expected.map(Math.fround));
          expect([...matched].sort((a, b) => a - b)).toEqual([...expected.keys()].filter((row) => expected[row] !== 0));
        }
      }),
    );
  });

  it.each([
    { title: "a few rows", rows: 100 },
    { title: "most of the rows", rows: 2 },
  ])("rounds once, at the end, so that two rows tie whose scores come in another order: $title", ({ rows }) => {
    const [large, small] = [1, 2 ** -24];
    const terms = [
      [large, small],
      [small, small],
      [small, large],
    ].map((scores) => ({ rows: Int32Array.of(0, 1), scores: Float32Array.from(scores) }));
    const { scores } = createRowSums(rows)(terms);
    expect([...scores.subarray(0, 2)]).toEqual([1 + 2 ** -23, 1 + 2 ** -23]);
  });

  it("takes a term's arrays before it asks for the next, which may fill them anew", () => {
    const shared = { rows: Int32Array.of(1), scores: new Float32Array(1) };
    function* terms() {
      for (const score of [2, 3]) {
        shared.scores[0] = score;
        yield shared;
      }
    }
    expect([...createRowSums(3)(terms()).scores]).toEqual([0, 2 + 3, 0]);
  });
});

function termScores(addends: readonly { readonly row: number; readonly score: number }[]) {
  return {
    rows: Int32Array.from(addends, ({ row }) => row),
    scores: Float32Array.from(addends, ({ score }) => score),
  };
}
