import { relative } from "node:path";
import type {
  CellResult,
  DatasetSummary,
  ExperimentResult,
  ScenarioSummary,
  TruncatedTexts,
} from "../../domain/result.ts";
import { createChannelFuser } from "../../fuse/registry.ts";
import type { PlannedCell } from "../../plan/plan-types.ts";
import { hashJson, type Json } from "../../storage/content-hash.ts";
import type { DatasetMaterial } from "../materials.ts";
import type { Scoring } from "./manifest.ts";
import type { ExperimentRun } from "./run-experiment.ts";

/** The result of a run: everything that a report needs, nothing that time or host could change. */
export function experimentResult(run: ExperimentRun, comparison: ExperimentResult["comparison"]): ExperimentResult {
  const { plan, materials } = run;
  const content: Omit<ExperimentResult, "id"> = {
    schemaVersion: 2,
    name: plan.name,
    description: plan.description ?? null,
    measures: plan.measures.map(({ text }) => text),
    declaredAlpha: plan.declaredAlpha ?? null,
    datasets: Array.from(materials.datasets.values(), summarizeDataset),
    groups: plan.groups,
    allowMixed: run.allowMixed,
    scenarios: summarizeScenarios(run),
    ...summarizeExpansions(run),
    notes: [...plan.notes, ...fusionNotes(run), ...engineNotes(run)],
    cells: plan.cells.filter(({ listed }) => listed).map((cell) => cellResult(cell, run)),
    comparison,
  };
  return { ...content, id: hashJson(content as unknown as Json) };
}

function cellResult({ axes, id, system }: PlannedCell, { outcomes, layout }: ExperimentRun): CellResult {
  const outcome = outcomes.get(id);
  if (outcome === undefined || outcome.status === "failed") {
    const error = outcome?.error ?? "not run";
    return {
      ...axes,
      system,
      status: "failed",
      error,
      run: null,
      runSha256: null,
      values: {},
      counts: null,
      truncated: [],
    };
  }
  const { values, counts, sha256, scoring } = outcome.manifest;
  const run = relative(layout.folder, layout.cell(id).run);
  const truncated = truncatedTexts(scoring);
  return { ...axes, system, status: "done", error: null, run, runSha256: sha256.run, values, counts, truncated };
}

/** Those retrievers that left something unread. */
function truncatedTexts(scoring: readonly Scoring[]): readonly TruncatedTexts[] {
  return scoring
    .map(({ retriever, truncated }) => ({ retriever, ...truncated }))
    .filter(({ documents, scenarios, queries }) => documents + scenarios + queries > 0);
}

function summarizeDataset({ dataset, policyHash, qrelsHash }: DatasetMaterial): DatasetSummary {
  return {
    id: dataset.id,
    documents: dataset.docIds.length,
    queries: dataset.qrels.size,
    judgements: [...dataset.qrels.values()].reduce((sum, { size }) => sum + size, 0),
    origin: dataset.origin,
    corpusSha256: dataset.corpus.contentHash,
    qrelsSha256: qrelsHash,
    policy: dataset.policy,
    policyHash,
    notes: dataset.notes,
  };
}

function summarizeScenarios({ materials }: ExperimentRun): readonly ScenarioSummary[] {
  return Array.from(materials.scenarios, ([dataset, sets]) =>
    Array.from(sets, ([name, { set, hash }]) => ({ name, dataset, contentHash: hash, ...set.coverage })),
  ).flat();
}

function summarizeExpansions({ materials }: ExperimentRun): Pick<ExperimentResult, "expansions"> {
  const expansions = Array.from(materials.datasets.values(), ({ querySets }) =>
    Array.from(querySets.values(), ({ expansion, hash }) =>
      expansion === undefined ? [] : [{ ...expansion, contentHash: hash }],
    ),
  ).flat(2);
  return expansions.length === 0 ? {} : { expansions };
}

/** What a fusion implies; said once for each fusion that is in use. */
function fusionNotes({ plan }: ExperimentRun): readonly string[] {
  const notes = Array.from(plan.fusions.values(), (fragment) => createChannelFuser(fragment).notes).flat();
  return [...new Set(notes)];
}

/** What the engines say of their answers; said once for each engine that is in use. */
function engineNotes({ outcomes }: ExperimentRun): readonly string[] {
  const scorings = [...outcomes.values()].flatMap((outcome) =>
    outcome.status === "failed" ? [] : outcome.manifest.scoring,
  );
  return [...new Set(scorings.flatMap(({ engine }) => engine?.notes ?? []))];
}
