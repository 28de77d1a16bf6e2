import { describe, expect, it } from "vitest";
import { compareRankings } from "../../harness/compare/compare-rankings.ts";
import { kendallTau, rankBiasedOverlap } from "../../harness/compare/rank-agreement.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import type { Ranking, Run } from "../../harness/domain/run.ts";

function rankingOf(ids: string): Ranking {
  return [...ids].map((id, place) => ({ docId: docId(id), score: -place }));
}

function runOf(rankings: Readonly<Record<string, string>>): Run {
  return new Map(Object.entries(rankings).map(([id, ids]) => [queryId(id), rankingOf(ids)]));
}

describe("compareRankings", () => {
  it("averages over the queries that both runs have, and counts the others", () => {
    const a = runOf({ q2: "abcd", q1: "abcd", onlyA: "ab" });
    const b = runOf({ q1: "abcd", q2: "dcba", onlyB: "ab", alsoB: "a" });
    const { mean, perQuery, onlyA, onlyB } = compareRankings(a, b, { persistence: 0.8 });
    const reversed = rankBiasedOverlap(rankingOf("abcd"), rankingOf("dcba"), 0.8) ?? 0;
    expect([...perQuery]).toEqual([
      ["q1", { tau: 1, rbo: expect.closeTo(1, 12) }],
      ["q2", { tau: -1, rbo: reversed }],
    ]);
    expect(mean).toEqual({ tau: 0, rbo: expect.closeTo((1 + reversed) / 2, 12) });
    expect({ onlyA, onlyB }).toEqual({ onlyA: 1, onlyB: 2 });
  });

  it("leaves a query out of the mean of a value that it does not have", () => {
    const { mean, perQuery } = compareRankings(
      runOf({ q1: "", q2: "a", q3: "ab" }),
      runOf({ q1: "a", q2: "a", q3: "ba" }),
    );
    expect(perQuery.get(queryId("q1"))).toEqual({ tau: null, rbo: null });
    expect(perQuery.get(queryId("q2"))).toEqual({ tau: null, rbo: 1 });
    expect(mean.tau).toBe(-1);
  });

  it("has no mean where no query is shared", () => {
    expect(compareRankings(runOf({ q1: "a" }), runOf({}))).toMatchObject({ mean: { tau: null, rbo: null }, onlyA: 1 });
  });

  it("looks at the first ranks only, by score", () => {
    const [a, b] = [rankingOf("abcx"), rankingOf("acby")];
    const turned = new Map([[queryId("q"), [...a].reverse()]]);
    const { perQuery } = compareRankings(turned, new Map([[queryId("q"), b]]), { depth: 3 });
    expect(perQuery.get(queryId("q"))?.tau).toBe(kendallTau(rankingOf("abc"), rankingOf("acb")));
    expect(kendallTau(a, b)).not.toBe(kendallTau(rankingOf("abc"), rankingOf("acb")));
  });
});
