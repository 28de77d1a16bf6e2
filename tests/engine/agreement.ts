import { expect } from "vitest";
import type { Hits, Sweep } from "../../harness/engine/types.ts";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import type { FusedHit } from "../../harness/fuse/types.ts";
import { exactScores, type Problem } from "./problem.ts";

/** What float32 scores of unit vectors may be off, and sums of a few of them. */
const NOISE = 1e-6;
export const ALPHAS = [0, 0.1, 0.5, 0.9, 1];
export const WEIGHTS = ALPHAS.map((alpha) => ({ document: alpha, scenario: 1 - alpha }));
export const PLAIN: Sweep = { weights: WEIGHTS, k: 100, aggregate: "max", topK: 3, missing: "document-only" };

type Expectation = { readonly expected: readonly FusedHit[]; readonly k: number; readonly ties: Int32Array };

/** The same ids at the same ranks, except where scores are closer than noise; there the engine's own scores decide. */
export function expectSameHits(hits: Hits, { expected, k, ties }: Expectation): void {
  expect(hits.rows.length).toBe(Math.min(k, expected.length));
  expect(new Set(hits.rows).size).toBe(hits.rows.length);
  const scores = new Map(expected.map(({ row, score }) => [row, score]));
  for (const [rank, row] of hits.rows.entries()) {
    const score = hits.scores[rank] ?? Number.NaN;
    expect(Math.abs(score - (scores.get(row) ?? Number.NaN))).toBeLessThanOrEqual(NOISE);
    expect(Math.abs(score - (expected[rank]?.score ?? Number.NaN))).toBeLessThanOrEqual(NOISE);
    if (rank === 0) continue;
    const before = hits.scores[rank - 1] ?? Number.NaN;
    expect(before).toBeGreaterThanOrEqual(score);
    if (before === score) expect(ties[hits.rows[rank - 1] ?? -1]).toBeLessThan(ties[row] ?? -1);
  }
}

type Which = { readonly problem: Problem; readonly query: number; readonly pair: number };

/** Every hit's score follows from its parts, and these are the document's own. */
export function expectParts(hits: Hits, { problem, query, pair }: Which): void {
  const exact = exactScores(problem, query);
  const { document, scenario } = WEIGHTS[pair] ?? { document: Number.NaN, scenario: Number.NaN };
  for (const [hit, row] of hits.rows.entries()) {
    const own = hits.documentScores[hit] ?? Number.NaN;
    const folded = hits.scenarioScores[hit] ?? Number.NaN;
    const matched = hits.scenarioRows[hit] ?? -1;
    const covered = problem.layout.owners.includes(row);
    expect(own).toBeCloseTo(exact.document[row] ?? Number.NaN, 6);
    expect(matched !== -1).toBe(covered);
    expect(hits.scores[hit]).toBe(covered ? document * own + scenario * folded : own);
    if (!covered) continue;
    expect(problem.layout.owners[matched]).toBe(row);
    expect(folded).toBeCloseTo(exact.scenario[matched] ?? Number.NaN, 6);
  }
}

/** What `fuse/` makes of exact scores: every document that may be returned, at every alpha. */
export function definition(problem: Problem, query: number, sweep: Omit<Sweep, "weights">, skipNoise: boolean) {
  const fuser = createChannelFuser({
    kind: "weighted-sum",
    aggregate: sweep.aggregate,
    topK: sweep.topK,
    missingScenario: sweep.missing,
    noise: skipNoise ? "as-missing" : "as-scenario",
  });
  return fuser.sweep(exactScores(problem, query), {
    alphas: ALPHAS,
    k: problem.documents.count,
    layout: problem.layout,
    excluded: new Set(problem.excluded[query]),
    hasExclusions: false,
    zeroMeansNoMatch: false,
  });
}

/** The same corpus, stored from the last document to the first. */
export function mirror(problem: Problem): Problem {
  const { documents, scenarios, layout, excluded } = problem;
  const counts = Array.from(layout.ties.keys(), (row) => (layout.offsets[row + 1] ?? 0) - (layout.offsets[row] ?? 0));
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, count] of counts.reverse().entries()) offsets[row + 1] = (offsets[row] ?? 0) + count;
  const last = counts.length - 1;
  return {
    ...problem,
    documents: { ...documents, rows: reverseRows(documents) },
    scenarios: { ...scenarios, rows: reverseRows(scenarios) },
    layout: {
      ...layout,
      ties: layout.ties.toReversed(),
      offsets,
      noise: layout.noise.toReversed(),
      owners: layout.owners.map((owner) => last - owner).reverse(),
    },
    excluded: excluded.map((rows) => rows.map((row) => last - row).reverse()),
  };
}

function reverseRows({ count, dim, rows }: { count: number; dim: number; rows: Float32Array }): Float32Array {
  const reversed = new Float32Array(rows.length);
  for (let row = 0; row < count; row++)
    reversed.set(rows.subarray(row * dim, (row + 1) * dim), (count - 1 - row) * dim);
  return reversed;
}
