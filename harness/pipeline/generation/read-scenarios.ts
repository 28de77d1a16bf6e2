import type { GenerationForecast } from "../../domain/generation.ts";
import { layOutViews } from "../../domain/view-layout.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { estimateLine } from "../../report/generation.ts";
import { createScenarioSource } from "../../scenarios/registry.ts";
import type { ScenarioRequest, ScenarioSource } from "../../scenarios/types.ts";
import type { DatasetMaterial, Materials, ScenarioMaterial } from "../materials.ts";
import type { Workspace } from "../workspace.ts";
import { scenarioServices } from "./generate-scenarios.ts";

export type ScenarioChoices = {
  /** Take scenario sets as far as they are generated. */
  readonly partial?: boolean;
  /** Ask LLMs for what is not generated yet. */
  readonly generate?: boolean;
};

type Place = { readonly folder: string; readonly workspace: Workspace };

/**
 * The scenario sets that the cells of a dataset name.
 *
 * @throws {HarnessError} `NOT_GENERATED`, and whatever is wrong with a file or a server
 */
export async function readScenarios(
  { dataset, ties }: DatasetMaterial,
  { plan, ...place }: Place & { readonly plan: ExperimentPlan },
  { partial = false, generate = false }: ScenarioChoices,
): Promise<ReadonlyMap<string, ScenarioMaterial>> {
  const materials = new Map<string, ScenarioMaterial>();
  for (const { name, source, request } of sourcesOf(plan, dataset, place)) {
    if (generate && source.generation !== undefined) {
      await generateMissing(`scenarios ${name} for ${dataset.id}`, { ...source.generation, request }, place.workspace);
    }
    const set = await source.load({ ...request, partial });
    const { offsets, noise, views } = set;
    materials.set(name, { set, layout: layOutViews({ ties, offsets, noise }), hash: views.contentHash });
  }
  return materials;
}

/** What the generated scenario sets of a plan would cost, where something is missing. */
export async function forecastGenerations(
  plan: ExperimentPlan,
  { datasets }: Materials,
  place: Place,
): Promise<readonly GenerationForecast[]> {
  const forecasts: GenerationForecast[] = [];
  for (const { dataset } of datasets.values()) {
    for (const { name, source, request } of sourcesOf(plan, dataset, place)) {
      if (source.generation === undefined) continue;
      const estimate = await source.generation.estimate(request);
      const { model } = source.generation;
      if (estimate.toAsk > 0) forecasts.push({ scenarios: name, dataset: dataset.id, model, ...estimate });
    }
  }
  return forecasts;
}

/** A scenario set that an LLM writes, and what it is asked about. */
export type NamedGeneration = Generating & { readonly name: string };

/** The scenario sets of a dataset that LLMs write. */
export function generationsOf(
  plan: ExperimentPlan,
  { dataset }: Pick<DatasetMaterial, "dataset">,
  place: Place,
): readonly NamedGeneration[] {
  return sourcesOf(plan, dataset, place).flatMap(({ name, source, request }) =>
    source.generation === undefined ? [] : [{ ...source.generation, name, request }],
  );
}

type NamedSource = { readonly name: string; readonly source: ScenarioSource; readonly request: ScenarioRequest };

function sourcesOf(
  plan: ExperimentPlan,
  { id, docIds, corpus }: DatasetMaterial["dataset"],
  { folder, workspace }: Place,
): readonly NamedSource[] {
  const names = plan.cells.filter(({ axes }) => axes.dataset === id).map(({ axes }) => axes.scenarios);
  return [...new Set(names)].flatMap((name) => {
    const fragment = name === null ? undefined : plan.scenarioSets.get(name);
    if (name === null || fragment === undefined) return [];
    const source = createScenarioSource(fragment, scenarioServices(workspace));
    return [{ name, source, request: { datasetId: id, docIds, corpus, folder } }];
  });
}

type Generating = NonNullable<ScenarioSource["generation"]> & { readonly request: ScenarioRequest };

/** Asks for what is missing of a scenario set, and shows it. @throws as `askMissing` */
export async function generateMissing(
  label: string,
  { estimate, generate, request }: Generating,
  { progress, say, batchFiles }: Workspace,
): Promise<void> {
  const expected = await estimate(request);
  if (expected.toAsk === 0 && batchFiles === undefined) return;
  say(`${label}: ${estimateLine(expected)}`);
  const task = progress.start(label, expected.documents, "documents");
  task.skip(expected.kept);
  try {
    await generate(request, ({ kept, answered, failed }) => task.update(kept + answered + failed));
  } finally {
    task.end();
  }
}
