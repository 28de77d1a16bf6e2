import { z } from "zod";
import { topRows } from "../domain/top-rows.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import {
  type ChannelScores,
  type CutLists,
  defineChannelFuser,
  type FusedHit,
  type RankedRows,
  type SweepRequest,
} from "./types.ts";

/** Documents searched per query; the reference code searches deeper for a query that has exclusions. */
const DEPTH = { plain: 300, withExclusions: 15_000 };
const SCENARIOS_PER_DOCUMENT = 10;

/**
 * The fusion of the released SPIKE code, step by step: two searches of fixed depth, only documents found by both, float32
 * arithmetic, exclusion after the sort. Noise scenarios count as any other.
 *
 * Deviation: where fewer than k documents remain the reference raises an error; here the shorter list is returned.
 */
export const spikePaper = defineChannelFuser({
  kind: "spike-paper",
  summary: "As the released SPIKE code fuses: intersection of two cut-off lists, float32, exclusion after the sort.",
  source: "https://github.com/augustinLib/SPIKE (src/main_result/test.py at f573f96)",
  options: z.strictObject({}),
  create: () => ({
    notes: [
      "Preset spike-paper: alpha 1 is not the base retriever, because only documents that both searches find are ranked.",
      "Preset spike-paper: a document without scenarios can never be returned.",
    ],
    sweep: (scores, request) => fuseLists(cutLists(scores, request), request),
    lists: { depth: depthOf, sweep: fuseLists },
  }),
});

function depthOf({ hasExclusions }: Pick<SweepRequest, "hasExclusions">) {
  const document = hasExclusions ? DEPTH.withExclusions : DEPTH.plain;
  return { document, scenario: document * SCENARIOS_PER_DOCUMENT };
}

/** The two searches, out of whole score rows. */
function cutLists(scores: ChannelScores, request: SweepRequest): CutLists {
  const { layout, zeroMeansNoMatch } = request;
  const depth = depthOf(request);
  function head(channel: Float64Array, ties: Int32Array, deep: number): RankedRows {
    // the reference knows cosines only; a score that says "nothing in common" is not found by a search
    const found = Int32Array.from(channel.keys()).filter((row) => !(zeroMeansNoMatch && channel[row] === 0));
    const rows = topRows(channel, found, ties, deep);
    return { rows, scores: Float64Array.from(rows, (row) => channel[row] ?? 0) };
  }
  return {
    documents: head(scores.document, layout.ties, depth.document),
    scenarios: head(scores.scenario, layout.scenarioTies, depth.scenario),
  };
}

function fuseLists({ documents, scenarios }: CutLists, request: SweepRequest): FusedHit[][] {
  const { layout, excluded, k } = request;
  const best = bestScenarios(scenarios, layout);
  const candidates = Array.from(documents.rows, (row, at) => ({
    row,
    documentScore: documents.scores[at] ?? 0,
    scenario: best.get(row),
  })).filter(({ scenario }) => scenario !== undefined);
  return request.alphas.map((alpha) => {
    const scores = Float64Array.from(candidates, ({ documentScore, scenario }) =>
      Math.fround(float32Product(scenario?.score ?? 0, 1 - alpha) + float32Product(documentScore, alpha)),
    );
    const ties = Int32Array.from(candidates, ({ row }) => layout.ties[row] ?? 0);
    // the scenario row breaks ties only between hits of one document, and a document has one hit here
    const sorted = topRows(scores, Int32Array.from(candidates.keys()), ties, candidates.length);
    return Array.from(sorted)
      .flatMap((at) => candidates.slice(at, at + 1).map((candidate) => ({ ...candidate, score: scores[at] ?? 0 })))
      .filter(({ row }) => !excluded.has(row))
      .slice(0, k);
  });
}

function float32Product(score: number, weight: number): number {
  return Math.fround(Math.fround(score) * Math.fround(weight));
}

/** Best scenario of every document that the scenario search finds. */
function bestScenarios(
  { rows, scores }: RankedRows,
  { owners }: ViewLayout,
): Map<number, { score: number; row: number }> {
  const best = new Map<number, { score: number; row: number }>();
  for (const [at, row] of rows.entries()) {
    const document = owners[row] ?? -1;
    if (!best.has(document)) best.set(document, { score: scores[at] ?? 0, row });
  }
  return best;
}
