import { dirname } from "node:path";
import type { CellForecast, EncoderForecast, GroupForecast, PlanForecast } from "../../domain/forecast.ts";
import { newKeys } from "../../encode/estimate-encoding.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { experimentLayout } from "../../storage/layout.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { forecastExpansions } from "../generation/read-expansions.ts";
import { forecastGenerations } from "../generation/read-scenarios.ts";
import { loadPlan } from "../load-plan.ts";
import { datasetOf, type Materials } from "../materials.ts";
import { type OpenRetriever, openRetrievers } from "../open-retrievers.ts";
import { inspectCells, type KnownCell, type ScoringGroup, scoresTexts, scoringGroups } from "../run/cell-status.ts";
import type { Workspace } from "../workspace.ts";
import { forecastEncoders, forecastEncoding, totalEncoding } from "./forecast-encoding.ts";

/**
 * Says what a run would do, without doing it: reads the data and looks at caches and finished cells.
 *
 * @throws {HarnessError} as a run would before its first cell
 */
export async function inspectPlan(file: string, workspace: Workspace): Promise<PlanForecast> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace, { partial: true });
  const opened = openRetrievers(plan, file, { ...workspace, materials });
  try {
    return {
      ...(await forecastPlan({ plan, materials, workspace }, opened.openRetriever)),
      generations: await forecastGenerations(plan, materials, { folder: dirname(file), workspace }),
      expansions: await forecastExpansions(
        plan,
        Array.from(materials.datasets.values(), ({ dataset }) => dataset),
        { file, workspace },
      ),
    };
  } finally {
    await opened.close();
  }
}

type Planned = { readonly plan: ExperimentPlan; readonly materials: Materials; readonly workspace: Workspace };

async function forecastPlan(
  { plan, materials, workspace }: Planned,
  openRetriever: OpenRetriever,
): Promise<Omit<PlanForecast, "generations" | "expansions">> {
  const layout = experimentLayout(workspace.out, plan.name);
  const cells = await inspectCells(layout, { plan, materials, openRetriever });
  const encoders = await forecastEncoders(plan, { materials, openRetriever, cache: workspace.cache });
  const forecasts = new Map<string, CellForecast>();
  const groups: GroupForecast[] = [];
  const context = { materials, openRetriever, encoders, isNew: newKeys(), signal: workspace.signal };
  for (const work of sharedWork(scoringGroups(cells, plan))) {
    const group = await forecastGroup(work, context);
    groups.push(group);
    for (const known of work.cells) forecasts.set(known.cell.id, forecastOf(known, group));
  }
  const listed = cells.filter(({ cell }) => cell.listed || !scoresTexts(cell, plan) || forecasts.has(cell.id));
  return {
    name: plan.name,
    cells: listed.map((known) => forecasts.get(known.cell.id) ?? forecastOf(known)),
    encoders,
    groups,
    total: totalEncoding(groups, encoders),
  };
}

function forecastOf({ cell, state }: KnownCell, group?: GroupForecast): CellForecast {
  const named = { system: cell.system, dataset: cell.axes.dataset };
  if (state.use === "all") return { ...named, forecast: "hit", why: "finished, inputs unchanged" };
  if (state.use === "run") return { ...named, forecast: "partial", why: `run file kept; ${state.why}` };
  if (group === undefined || group.cached === 0) return { ...named, forecast: "run", why: state.why };
  const { cached, texts } = group;
  return { ...named, forecast: "partial", why: `${state.why}; ${cached} of ${texts} texts are encoded` };
}

/** What the cells of one retriever and dataset need, whatever the queries. */
type SharedWork = Pick<ScoringGroup, "retriever" | "dataset" | "cells"> & { readonly queries: readonly string[] };

/** Groups that differ in their queries alone share the vectors of the corpus and of the scenarios. */
function sharedWork(groups: readonly ScoringGroup[]): readonly SharedWork[] {
  const shared = new Map<string, SharedWork>();
  for (const { retriever, dataset, queries, cells } of groups) {
    const key = JSON.stringify([retriever, dataset]);
    const before = shared.get(key) ?? { retriever, dataset, queries: [], cells: [] };
    shared.set(key, { ...before, queries: [...before.queries, queries], cells: [...before.cells, ...cells] });
  }
  return [...shared.values()];
}

type GroupContext = {
  readonly materials: Materials;
  readonly openRetriever: OpenRetriever;
  readonly encoders: readonly EncoderForecast[];
  readonly isNew: (key: string) => boolean;
  readonly signal: AbortSignal | undefined;
};

async function forecastGroup(
  { retriever, dataset: id, queries, cells }: SharedWork,
  { materials, openRetriever, encoders, isNew, signal }: GroupContext,
): Promise<GroupForecast> {
  const { dataset, querySets } = datasetOf(id, materials);
  const { opened } = await openRetriever(retriever, dataset);
  const scenarioNames = new Set(cells.map(({ cell }) => cell.axes.scenarios));
  const scenarioSets = Array.from(materials.scenarios.get(id) ?? [], ([name, { set }]) =>
    scenarioNames.has(name) ? [set.views] : [],
  ).flat();
  const { toEncode, tokens, ...estimate } = await opened.estimate({
    corpus: dataset.corpus,
    scenarioSets,
    querySets: queries.map((name) => querySets.get(name)?.queries ?? []),
    isNew,
    signal,
  });
  const encoder = encoders.find((one) => one.retriever === retriever && one.dataset === id);
  const encoding = encoder === undefined ? null : forecastEncoding({ toEncode, tokens }, encoder);
  return { retriever, dataset: id, queries, ...estimate, encoding };
}
