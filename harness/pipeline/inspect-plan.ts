import { dirname } from "node:path";
import type { CellForecast, GroupForecast, PlanForecast, ScoreEstimate } from "../domain/forecast.ts";
import { experimentLayout } from "../storage/layout.ts";
import { inspectCells, type KnownCell, type ScoringGroup, scoresTexts, scoringGroups } from "./cell-status.ts";
import { loadPlan } from "./load-plan.ts";
import { datasetOf, gatherMaterials, type Materials } from "./materials.ts";
import { type OpenRetriever, openRetrievers } from "./open-retrievers.ts";
import { forecastGenerations } from "./read-scenarios.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Says what a run would do, without doing it: reads the data and looks at caches and finished cells.
 *
 * @throws {HarnessError} as a run would before its first cell
 */
export async function inspectPlan(file: string, workspace: Workspace): Promise<PlanForecast> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace, { partial: true });
  const openRetriever = openRetrievers(plan, file, workspace);
  const layout = experimentLayout(workspace.out, plan.name);
  const cells = await inspectCells(layout, { plan, materials, openRetriever });
  const forecasts = new Map<string, CellForecast>();
  const groups: GroupForecast[] = [];
  for (const group of scoringGroups(cells, plan)) {
    const estimate = await estimateGroup(group, { materials, openRetriever, signal: workspace.signal });
    groups.push(estimate);
    for (const known of group.cells) forecasts.set(known.cell.id, forecastOf(known, estimate));
  }
  const listed = cells.filter(({ cell }) => cell.listed || !scoresTexts(cell, plan) || forecasts.has(cell.id));
  return {
    name: plan.name,
    groups,
    cells: listed.map((known) => forecasts.get(known.cell.id) ?? forecastOf(known)),
    generations: await forecastGenerations(plan, materials, { folder: dirname(file), workspace }),
  };
}

function forecastOf({ cell, state }: KnownCell, estimate?: ScoreEstimate): CellForecast {
  const named = { system: cell.system, dataset: cell.axes.dataset };
  if (state.use === "all") return { ...named, forecast: "hit", why: "finished, inputs unchanged" };
  if (state.use === "run") return { ...named, forecast: "partial", why: `run file kept; ${state.why}` };
  const cached = (estimate?.texts ?? 0) - (estimate?.toEncode ?? 0);
  if (estimate === undefined || estimate.vectors === 0 || cached === 0) {
    return { ...named, forecast: "run", why: state.why };
  }
  return { ...named, forecast: "partial", why: `${state.why}; ${cached} of ${estimate.texts} texts are encoded` };
}

type EstimateContext = {
  readonly materials: Materials;
  readonly openRetriever: OpenRetriever;
  readonly signal: AbortSignal | undefined;
};

async function estimateGroup(
  { retriever, dataset: id, queries, cells }: ScoringGroup,
  { materials, openRetriever, signal }: EstimateContext,
): Promise<GroupForecast> {
  const { dataset, querySets } = datasetOf(id, materials);
  const { opened } = await openRetriever(retriever, dataset);
  const asked = querySets.get(queries)?.queries ?? [];
  const estimates = [await opened.estimate({ views: dataset.corpus, role: "document", queries: asked, signal })];
  const scenarioNames = new Set(cells.map(({ cell }) => cell.axes.scenarios));
  for (const [name, { set }] of materials.scenarios.get(id) ?? []) {
    if (scenarioNames.has(name)) {
      // the queries are the same texts as those of the bodies and must not count twice
      estimates.push(await opened.estimate({ views: set.views, role: "scenario", queries: [], signal }));
    }
  }
  return { retriever, dataset: id, queries, ...estimates.reduce(sumEstimates) };
}

function sumEstimates(a: ScoreEstimate, b: ScoreEstimate): ScoreEstimate {
  return {
    texts: a.texts + b.texts,
    toEncode: a.toEncode + b.toEncode,
    vectors: a.vectors + b.vectors,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    diskBytes: a.diskBytes + b.diskBytes,
  };
}
