import { topRows } from "../domain/top-rows.ts";
import type { ScenarioChannel } from "./aggregate-scenarios.ts";
import type { ChannelScores, SweepRequest } from "./types.ts";

type CandidateSettings = {
  readonly candidates: "full" | "union" | "intersection";
  readonly depth?: { readonly document: number; readonly scenario: number } | undefined;
  readonly missingScenario: "document-only" | "drop" | "zero";
  readonly noise: "as-missing" | "as-scenario";
};

type CandidateRequest = {
  readonly scores: ChannelScores;
  readonly scenario: ScenarioChannel;
  readonly request: SweepRequest;
  readonly settings: CandidateSettings;
};

/**
 * Document rows that may be returned for a query at any alpha, ascending: all, or the union or intersection of the two
 * channels' best lists. Excluded documents are out before the lists are cut.
 */
export function candidateRows({ scores, scenario, request, settings }: CandidateRequest): Int32Array {
  const allowed = Int32Array.from(scores.document.keys()).filter(
    (row) => !request.excluded.has(row) && (settings.missingScenario !== "drop" || scenario.row[row] !== -1),
  );
  const { depth, candidates } = settings;
  if (candidates === "full" || depth === undefined) return allowed;
  const scored = (score: number | undefined) => !(request.zeroMeansNoMatch && score === 0);
  const { layout } = request;
  const byDocument = new Set(
    topRows(
      scores.document,
      allowed.filter((row) => scored(scores.document[row])),
      layout.ties,
      depth.document,
    ),
  );
  const usable = Int32Array.from(scores.scenario.keys()).filter(
    (row) =>
      !request.excluded.has(layout.owners[row] ?? -1) &&
      !(settings.noise === "as-missing" && layout.noise[row] === 1) &&
      scored(scores.scenario[row]),
  );
  const best = topRows(scores.scenario, usable, layout.scenarioTies, depth.scenario);
  const byScenario = new Set(Array.from(best, (row) => layout.owners[row] ?? -1));
  return candidates === "union"
    ? allowed.filter((row) => byDocument.has(row) || byScenario.has(row))
    : allowed.filter((row) => byDocument.has(row) && byScenario.has(row));
}
