import { describe, expect, it } from "vitest";
import type { DocId } from "../../harness/domain/ids.ts";
import { compareScoredDocs, tieRanks } from "../../harness/domain/run.ts";
import { topRows } from "../../harness/domain/top-rows.ts";
import { fc } from "../seeded-fast-check.ts";

const scored = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 3, unit: "grapheme" }),
    score: fc.integer({ min: -2, max: 2 }),
  }),
  { selector: ({ id }) => id, maxLength: 25 },
);

describe("topRows", () => {
  it("is the head of the whole order, ties by id, for every k and every order of the candidates", () => {
    fc.assert(
      fc.property(scored, fc.nat(27), fc.boolean(), (docs, k, reversed) => {
        const ids = docs.map(({ id }) => id as DocId);
        const scores = Float64Array.from(docs, ({ score }) => score);
        const candidates = Int32Array.from(scores.keys());
        const found = topRows(scores, reversed ? candidates.reverse() : candidates, tieRanks(ids), k);
        const expected = docs
          .map(({ id, score }, row) => ({ docId: id as DocId, score, row }))
          .sort(compareScoredDocs)
          .slice(0, k);
        expect([...found]).toEqual(expected.map(({ row }) => row));
      }),
    );
  });

  it("is the same where many more candidates come than are wanted, with scores that rise, fall, tie or are in no order", () => {
    const ties = tieRanks(Array.from({ length: 2000 }, (_, row) => `${(row * 7) % 2000}` as DocId));
    for (const scoreOf of [(row: number) => row, (row: number) => -row, () => 1, (row: number) => (row * 37) % 11]) {
      const scores = Float64Array.from(ties.keys(), scoreOf);
      const ranked = [...ties.keys()].sort((a, b) => scoreOf(b) - scoreOf(a) || (ties[a] ?? 0) - (ties[b] ?? 0));
      for (const k of [1, 3, 100, 499]) {
        expect([...topRows(scores, Int32Array.from(ties.keys()), ties, k)]).toEqual(ranked.slice(0, k));
      }
    }
  });

  it("chooses among the candidates only", () => {
    const ties = tieRanks(["a", "b", "c"] as DocId[]);
    expect([...topRows(Float64Array.of(3, 2, 1), Int32Array.of(1, 2), ties, 5)]).toEqual([1, 2]);
  });
});
