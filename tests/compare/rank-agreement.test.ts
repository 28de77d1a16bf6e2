import { describe, expect, it } from "vitest";
import { kendallTau, rankBiasedOverlap } from "../../harness/compare/rank-agreement.ts";
import { docId } from "../../harness/domain/ids.ts";
import type { Ranking } from "../../harness/domain/run.ts";
import { fc } from "../seeded-fast-check.ts";
import { golden } from "./golden.ts";

function rankingOf(ids: readonly string[]): Ranking {
  return ids.map((id, place) => ({ docId: docId(id), score: -place }));
}

const lists = fc.uniqueArray(fc.constantFrom(..."abcdefghij"), { minLength: 1 });

describe("kendallTau", () => {
  it.each(golden.kendall)("agrees with scipy on $a and $b", ({ a, b, tau }) => {
    expect(kendallTau(rankingOf(a), rankingOf(b))).toBeCloseTo(tau, 14);
  });

  it("counts pairs as its definition says", () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const union = [...new Set([...a, ...b])];
        const place = (ids: readonly string[], id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
        let [agree, untiedA, untiedB] = [0, 0, 0];
        for (const [at, x] of union.entries()) {
          for (const y of union.slice(at + 1)) {
            const [inA, inB] = [a, b].map((ids) => Math.sign(place(ids, x) - place(ids, y)));
            agree += (inA ?? 0) * (inB ?? 0);
            untiedA += Math.abs(inA ?? 0);
            untiedB += Math.abs(inB ?? 0);
          }
        }
        const expected = untiedA * untiedB === 0 ? undefined : agree / Math.sqrt(untiedA * untiedB);
        expect(kendallTau(rankingOf(a), rankingOf(b))).toEqual(expected);
      }),
    );
  });

  it("is not defined for an empty ranking or for one document alone", () => {
    expect(kendallTau([], rankingOf(["a", "b"]))).toBeUndefined();
    expect(kendallTau(rankingOf(["a"]), rankingOf(["a"]))).toBeUndefined();
    expect(kendallTau(rankingOf(["a"]), rankingOf(["b"]))).toBe(-1);
  });

  it("orders by score, ties by doc id descending, whatever the order of the list", () => {
    const tied = [
      { docId: docId("a"), score: 1 },
      { docId: docId("b"), score: 1 },
      { docId: docId("c"), score: 2 },
    ];
    expect(kendallTau(tied, rankingOf(["c", "b", "a"]))).toBe(1);
  });
});

describe("rankBiasedOverlap", () => {
  it("weighs agreement at each depth, and extends that of the last one", () => {
    // overlaps 0, 2, 2 of 1, 2, 3; from there on 2/3 for ever: (1 - p) sum p^(d - 1) agreement(d)
    const p = 0.9;
    const expected = (1 - p) * (0 + p * (2 / 2) + p ** 2 * (2 / 3)) + p ** 3 * (2 / 3);
    expect(rankBiasedOverlap(rankingOf(["a", "b", "c"]), rankingOf(["b", "a", "x"]), p)).toBeCloseTo(expected, 14);
  });

  it("extends the shorter of two lists as well", () => {
    // seen overlaps 1, 1, 1; the list of one is taken to agree on with all that follows: agreements 1, 1, 1
    expect(rankBiasedOverlap(rankingOf(["a"]), rankingOf(["a", "b", "c"]), 0.8)).toBeCloseTo(1, 14);
    // the list of two agrees in half: at depth 3 it is taken to hold half a document of the other more
    const p = 0.8;
    const atThree = (1 + (1 / 2) * (3 - 2)) / 3;
    const expected = (1 - p) * (1 + p * (1 / 2) + p ** 2 * atThree) + p ** 3 * atThree;
    expect(rankBiasedOverlap(rankingOf(["a", "x"]), rankingOf(["a", "b", "c"]), p)).toBeCloseTo(expected, 14);
  });

  it("is 1 for equal lists, 0 for lists without a common document, and between for all others", () => {
    fc.assert(
      fc.property(lists, lists, fc.double({ min: 0.05, max: 0.99, noNaN: true }), (a, b, p) => {
        const [first, second] = [rankingOf(a), rankingOf(b)];
        const found = rankBiasedOverlap(first, second, p) ?? Number.NaN;
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1 + 1e-12);
        expect(rankBiasedOverlap(second, first, p)).toBeCloseTo(found, 13);
        expect(rankBiasedOverlap(first, first, p)).toBeCloseTo(1, 12);
        expect(rankBiasedOverlap(first, rankingOf(["x", "y"]), p)).toBe(0);
      }),
    );
  });

  it("is not defined for an empty ranking", () => {
    expect(rankBiasedOverlap([], rankingOf(["a"]), 0.9)).toBeUndefined();
    expect(rankBiasedOverlap([], [], 0.9)).toBeUndefined();
  });
});
