import { afterAll, describe, expect, it } from "vitest";
import { createEngine } from "../../harness/engine/registry.ts";
import type { Hits } from "../../harness/engine/types.ts";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import type { FusedHit, SweepRequest } from "../../harness/fuse/types.ts";
import { ALPHAS, WEIGHTS } from "./agreement.ts";
import { answersTo, EXACT_ENGINES, makeProblem, requestOf } from "./problem.ts";

/** More documents than the 300 of the preset's search, and more scenarios than its 3,000. */
const problem = makeProblem({
  dim: 16,
  counts: Array.from({ length: 620 }, (_, row) => (row * 5) % 13),
  queries: 6,
  seed: 21,
});
const request = { ...requestOf(problem), scores: true };

/** Every other query has exclusions of its own; the others' come of the policy. */
function sweepRequest(query: number): SweepRequest {
  return {
    alphas: ALPHAS,
    k: 50,
    layout: problem.layout,
    excluded: new Set(problem.excluded[query]),
    hasExclusions: query % 2 === 1,
    zeroMeansNoMatch: false,
  };
}

describe.each(EXACT_ENGINES)("engine $kind", ({ kind }) => {
  const usual = createEngine({ kind }, { threads: 2, maxBytes: 2 ** 28 }).open();
  afterAll(async () => (await usual).close());

  it("serves a linear fuser with the hits that it makes of the engine's own score rows", async () => {
    const fuser = createChannelFuser({ kind: "weighted-sum" });
    const { aggregate = "max", topK = 1, missing = "drop", skipNoise } = fuser.linear ?? {};
    const usable = skipNoise === true ? problem.layout.noise.map((flag) => 1 - flag) : undefined;
    const sweep = { weights: WEIGHTS, k: 50, aggregate, topK, missing, usable };
    for (const { query, sweeps, scores } of await answersTo(await usual, { ...request, sweeps: [sweep] })) {
      if (scores === undefined) throw new Error("asked for scores, got none");
      expect(sweeps[0]?.map(fusedHits)).toEqual(fuser.sweep(scores, sweepRequest(query)));
    }
  });

  it("serves a fuser of lists with the hits that it makes of the engine's own score rows", async () => {
    const fuser = createChannelFuser({ kind: "spike-paper" });
    const { lists } = fuser;
    if (lists === undefined) throw new Error("the preset declares no lists");
    const depths = Array.from({ length: problem.queries.count }, (_, query) => lists.depth(sweepRequest(query)));
    expect(depths.map(({ document }) => document)).toEqual([300, 15_000, 300, 15_000, 300, 15_000]);
    const cut = { depths, excluded: "stay" } as const;
    for (const { query, cuts, scores } of await answersTo(await usual, { ...request, cuts: [cut] })) {
      const [heads] = cuts;
      if (scores === undefined || heads === undefined) throw new Error("asked for scores and lists, got none");
      const expected = fuser.sweep(scores, sweepRequest(query));
      expect(expected[0]?.length).toBe(50);
      expect(lists.sweep(heads, sweepRequest(query))).toEqual(expected);
    }
  });
});

function fusedHits({ rows, scores, documentScores, scenarioScores, scenarioRows }: Hits): readonly FusedHit[] {
  return Array.from(rows, (row, hit) => {
    const matched = scenarioRows[hit] ?? -1;
    return {
      row,
      score: scores[hit] ?? Number.NaN,
      documentScore: documentScores[hit] ?? Number.NaN,
      scenario: matched === -1 ? undefined : { score: scenarioScores[hit] ?? Number.NaN, row: matched },
    };
  });
}
