import { describe, expect, it } from "vitest";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import { fc } from "../seeded-fast-check.ts";
import { type ChannelDoc, channels, request } from "./channels.ts";

/** A hit of the reference: fused score, document, scenario row. */
type Tuple = readonly [score: number, id: string, row: number];

/**
 * The description of the released code, one step after the other, with maps and sorts and nothing of ours.
 *
 * It is silent on the order of equal scores at the end of a search, which is the library's: here the same order as in the
 * last sort. Where fewer than k documents are left the released code raises an error: here they are the result.
 */
function reference(docs: readonly ChannelDoc[], excludedIds: readonly string[], alpha: number): readonly Tuple[] {
  const f32 = Math.fround;
  const firstK = excludedIds.length === 0 ? 300 : 15_000;
  // row numbers of all scenarios, in document order
  let next = 0;
  const scenarioRows = docs.flatMap(({ id, scenarios }) => scenarios.map((score): Tuple => [f32(score), id, next++]));
  const documentHits = docs
    .map(({ id, score }): Tuple => [f32(score), id, 0])
    .sort(reverse)
    .slice(0, firstK);
  const scenarioHits = scenarioRows.sort(reverse).slice(0, firstK * 10);

  const best = new Map<string, { score: number; row: number }>();
  for (const [score, id, row] of scenarioHits) {
    const known = best.get(id);
    if (known === undefined || score > known.score) best.set(id, { score, row });
  }
  const documentScores = new Map(documentHits.map(([score, id]) => [id, score]));

  const results: Tuple[] = [];
  for (const [id, { score, row }] of best) {
    const documentScore = documentScores.get(id);
    if (documentScore === undefined) continue;
    results.push([f32(f32(score * f32(1 - alpha)) + f32(documentScore * f32(alpha))), id, row]);
  }
  return results.sort(reverse).filter(([, id]) => !excludedIds.includes(id));
}

/** Tuples from the largest to the smallest. */
function reverse(a: Tuple, b: Tuple): number {
  if (a[0] !== b[0]) return b[0] - a[0];
  if (a[1] !== b[1]) return a[1] < b[1] ? 1 : -1;
  return b[2] - a[2];
}

type Corpus = { readonly documents: number; readonly grid: number; readonly seed: number };

/** On a coarse grid of scores ties are everywhere. */
function corpus({ documents, grid, seed }: Corpus): readonly ChannelDoc[] {
  let state = seed;
  function upTo(limit: number): number {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  }
  return Array.from(
    { length: documents },
    (_, row): ChannelDoc => ({
      // two documents in three have a short id, so that ids are in no order of rows
      id: row % 3 === 0 ? `d${row}` : `${upTo(9)}-${row}`,
      score: upTo(grid) / grid - 0.2,
      scenarios: Array.from({ length: row % 5 === 2 ? 0 : upTo(17) }, () => upTo(grid) / grid - 0.2),
    }),
  );
}

/** Sizes around and beyond the depths of both searches: what a test is about must not hang on chance. */
const cases = [1, 7, 299, 300, 301, 420].flatMap((documents) =>
  [3, 50, 5_000].flatMap((grid) => [false, true].map((excludes) => ({ documents, grid, excludes }))),
);

function hasScenarios({ scenarios }: ChannelDoc): boolean {
  return scenarios.length > 0;
}

function distinctScores(hits: readonly Tuple[]): number {
  return new Set(hits.map(([score]) => score)).size;
}

describe("spike-paper beside a transcription of the published description", () => {
  const fuser = createChannelFuser({ kind: "spike-paper" });
  const alphas = [0, 0.1, 0.5, 0.9, 1];

  function compare(docs: readonly ChannelDoc[], rows: readonly number[], alpha: number): readonly Tuple[] {
    const made = channels(docs);
    const exclusions = { excluded: new Set(rows), hasExclusions: rows.length > 0 };
    const [found = []] = fuser.sweep(made.scores, request(made, { alphas: [alpha], k: 1_000, ...exclusions }));
    const expected = reference(
      docs,
      rows.map((row) => made.ids[row] ?? ""),
      alpha,
    );
    expect(found.map(({ row, score, scenario }) => [score, made.ids[row], scenario?.row])).toEqual(expected);
    return expected;
  }

  it.each(cases)("gives the same hits: $documents documents, scores in $grid steps, exclusions $excludes", (shape) => {
    const { documents, grid, excludes } = shape;
    const anyRows = fc.array(fc.nat(documents - 1), excludes ? { minLength: 1, maxLength: 3 } : { maxLength: 0 });
    fc.assert(
      fc.property(fc.nat(), anyRows, (seed, rows) => {
        const docs = corpus({ documents, grid, seed });
        const lists = alphas.map((alpha) => compare(docs, [...new Set(rows)], alpha));
        // the searches of 300 and 3,000 cut the largest corpora, and those on a coarse grid hold ties
        if (documents === 420 && !excludes) expect(lists[0]?.length).toBeLessThan(docs.filter(hasScenarios).length);
        if (documents > 7 && grid === 3)
          for (const hits of lists) expect(distinctScores(hits)).toBeLessThan(hits.length);
      }),
      { numRuns: 3 },
    );
  });

  it("returns the shorter list where the released code raises an error for want of k documents", () => {
    const docs = [
      { id: "a", score: 0.5, scenarios: [0.5] },
      { id: "b", score: 0.9, scenarios: [] },
    ];
    const made = channels(docs);
    const [hits = []] = fuser.sweep(made.scores, request(made, { k: 10 }));
    expect(hits.map(({ row }) => made.ids[row])).toEqual(["a"]);
    expect(reference(docs, [], 0.5)).toHaveLength(1);
  });
});
