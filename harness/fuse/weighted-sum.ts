import { z } from "zod";
import { topRows } from "../domain/top-rows.ts";
import { aggregateScenarios, type ScenarioChannel } from "./aggregate-scenarios.ts";
import { candidateRows } from "./candidates.ts";
import { normalizeScores } from "./normalize.ts";
import {
  type ChannelScores,
  defineChannelFuser,
  type FusedHit,
  type LinearFusion,
  type SweepRequest,
} from "./types.ts";

const depth = z.number().int().positive();

const options = z
  .strictObject({
    aggregate: z
      .enum(["max", "mean", "topk-mean", "sum"])
      .default("max")
      .describe("What the scores of a document's scenarios become; `max` as SPIKE has it."),
    topK: z.number().int().positive().default(3).describe("How many of the best scenarios `topk-mean` takes."),
    candidates: z
      .enum(["full", "union", "intersection"])
      .default("full")
      .describe("Which documents are ranked: all, or those in either or both of two lists cut off at `depth`."),
    depth: z
      .strictObject({
        document: depth.describe("Documents in the list of the document scores."),
        scenario: depth.describe("Scenarios in the list of the scenario scores."),
      })
      .optional()
      .describe("How long the lists of `union` and `intersection` are."),
    missingScenario: z
      .enum(["document-only", "drop", "zero"])
      .default("document-only")
      .describe(
        "A document without scenarios: its own score whatever alpha is, never returned, or scenarios that score 0.",
      ),
    normalize: z
      .enum(["none", "minmax", "z"])
      .default("none")
      .describe("Brings both channels to one scale, for every query, before they are summed."),
    noise: z
      .enum(["as-missing", "as-scenario"])
      .default("as-missing")
      .describe("Scenarios of documents that the generator called noise: left out, or taken like any other."),
    tie: z
      .enum(["docno-desc"])
      .default("docno-desc")
      .describe("Order of equal scores: doc id descending, as trec_eval."),
  })
  .refine(({ candidates, depth }) => (depth === undefined) === (candidates === "full"), {
    path: ["depth"],
    message: "goes with `candidates: union` or `intersection`, which need it, and only with them",
  });

type Options = z.output<typeof options>;

/** The fusion of the SPIKE paper as a definition: exact, over the whole corpus unless candidates are declared. */
export const weightedSum = defineChannelFuser({
  kind: "weighted-sum",
  summary: "alpha * document + (1 - alpha) * aggregated scenario score; exact over the whole corpus by default.",
  source: "Lee et al., COLM 2025, arXiv:2503.23033; alpha as in the reference code (weight of the document)",
  options,
  create(settings) {
    return {
      notes: notesOf(settings),
      sweep: (scores, request) => sweep(scores, request, settings),
      linear: linearOf(settings),
    };
  },
});

/** The sum can be had without whole score rows unless something looks at a whole channel first. */
function linearOf({
  aggregate,
  topK,
  candidates,
  missingScenario,
  normalize,
  noise,
}: Options): LinearFusion | undefined {
  if (candidates !== "full" || normalize !== "none") return undefined;
  return { aggregate, topK, missing: missingScenario, skipNoise: noise === "as-missing" };
}

function notesOf({ candidates, missingScenario, normalize }: Options): readonly string[] {
  const notes: string[] = [];
  if (candidates !== "full") {
    notes.push(`Candidates are the ${candidates} of two cut-off lists, so alpha 1 is not the base retriever.`);
  }
  if (normalize !== "none") notes.push(`Channels are normalised (${normalize}), so alpha 1 is not the base retriever.`);
  if (missingScenario === "drop") notes.push("Documents without scenarios are never returned, also at alpha 1.");
  return notes;
}

function sweep(scores: ChannelScores, request: SweepRequest, settings: Options): FusedHit[][] {
  const raw = aggregateScenarios(scores.scenario, request.layout, {
    ...settings,
    skipNoise: settings.noise === "as-missing",
  });
  const included = (row: number) => !request.excluded.has(row);
  const covered = (row: number) => raw.row[row] !== -1 && included(row);
  const document = normalizeScores(scores.document, settings.normalize, included);
  const scenario = { row: raw.row, score: normalizeScores(raw.score, settings.normalize, covered) };
  const candidates = candidateRows({ scores, scenario: raw, request, settings });
  return request.alphas.map((alpha) => {
    const matched = request.zeroMeansNoMatch
      ? candidates.filter((row) => isMatch(row, alpha, { document: scores.document, scenario: raw, settings }))
      : candidates;
    const fused = fuseRows(document, scenario, { alpha, missing: settings.missingScenario });
    const rows = topRows(fused, matched, request.layout.ties, request.k);
    return Array.from(rows, (row) => ({
      row,
      score: fused[row] ?? 0,
      documentScore: scores.document[row] ?? 0,
      scenario: raw.row[row] === -1 ? undefined : { score: raw.score[row] ?? 0, row: raw.row[row] ?? -1 },
    }));
  });
}

/** The sum itself, row by row. A missing scenario is a branch, never -Infinity: 0 * -Infinity is NaN. */
function fuseRows(
  document: Float64Array,
  scenario: ScenarioChannel,
  { alpha, missing }: { readonly alpha: number; readonly missing: Options["missingScenario"] },
): Float64Array {
  return document.map((score, row) => {
    if (scenario.row[row] !== -1) return alpha * score + (1 - alpha) * (scenario.score[row] ?? 0);
    return missing === "zero" ? alpha * score : score;
  });
}

/** Whether a channel that counts at this alpha has anything in common with the query. */
function isMatch(
  row: number,
  alpha: number,
  { document, scenario, settings }: { document: Float64Array; scenario: ScenarioChannel; settings: Options },
): boolean {
  const documentMatches = document[row] !== 0;
  if (scenario.row[row] === -1) return documentMatches && (alpha > 0 || settings.missingScenario === "document-only");
  return (alpha > 0 && documentMatches) || (alpha < 1 && scenario.score[row] !== 0);
}
