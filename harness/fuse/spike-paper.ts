import { z } from "zod";
import { topRows } from "../domain/top-rows.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import { type ChannelScores, defineChannelFuser, type FusedHit, type SweepRequest } from "./types.ts";

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
    sweep,
  }),
});

function sweep(scores: ChannelScores, request: SweepRequest): FusedHit[][] {
  const { ties } = request.layout;
  const depth = request.hasExclusions ? DEPTH.withExclusions : DEPTH.plain;
  // the reference knows cosines only; a score that says "nothing in common" is not found by a search
  const found = (channel: Float64Array) =>
    Int32Array.from(channel.keys()).filter((row) => !(request.zeroMeansNoMatch && channel[row] === 0));
  const documents = new Set(topRows(scores.document, found(scores.document), ties, depth));
  const searched = { scores: scores.scenario, rows: found(scores.scenario), depth: depth * SCENARIOS_PER_DOCUMENT };
  const best = bestScenarios(searched, request.layout);
  const candidates = Int32Array.from(best.keys()).filter((row) => documents.has(row));
  return request.alphas.map((alpha) => {
    const fused = new Float64Array(scores.document.length);
    for (const row of candidates) {
      const scenario = scores.scenario[best.get(row) ?? -1] ?? 0;
      const document = scores.document[row] ?? 0;
      fused[row] = Math.fround(float32Product(scenario, 1 - alpha) + float32Product(document, alpha));
    }
    // the scenario row breaks ties only between hits of one document, and a document has one hit here
    const sorted = topRows(fused, candidates, ties, candidates.length);
    const returned = (row: number) => !request.excluded.has(row);
    return Array.from(sorted.filter(returned).subarray(0, request.k), (row) => ({
      row,
      score: fused[row] ?? 0,
      documentScore: scores.document[row] ?? 0,
      scenario: { score: scores.scenario[best.get(row) ?? -1] ?? 0, row: best.get(row) ?? -1 },
    }));
  });
}

function float32Product(score: number, weight: number): number {
  return Math.fround(Math.fround(score) * Math.fround(weight));
}

type ScenarioSearch = { readonly scores: Float64Array; readonly rows: Int32Array; readonly depth: number };

/** Best scenario row of every document that the scenario search finds. */
function bestScenarios({ scores, rows, depth }: ScenarioSearch, layout: ViewLayout): Map<number, number> {
  const best = new Map<number, number>();
  for (const row of topRows(scores, rows, layout.scenarioTies, depth)) {
    const document = layout.owners[row] ?? -1;
    if (!best.has(document)) best.set(document, row);
  }
  return best;
}
