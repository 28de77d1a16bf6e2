import { findCard } from "../../datasets/find-card.ts";
import type { DatasetOutline, PlanOutline } from "../../domain/plan-outline.ts";
import type { HarnessError } from "../../errors.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { retrievers } from "../../retrieve/registry.ts";
import { createScenarioSource } from "../../scenarios/registry.ts";
import { estimateExpansions } from "../generation/expand-queries.ts";
import { loadPlan } from "../load-plan.ts";
import type { Workspace } from "../workspace.ts";

const CHARACTERS_PER_TOKEN = 4;

/**
 * What a run would take as far as cards tell: no data is read. A run file's `limit` is kept to.
 *
 * @param missing what `inspectPlan` said of the data that is not here
 * @throws {HarnessError} as `loadPlan` and `estimateExpansions`
 */
export async function outlinePlan(file: string, workspace: Workspace, missing: HarnessError): Promise<PlanOutline> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const datasets: DatasetOutline[] = [];
  for (const id of new Set(plan.cells.map(({ axes }) => axes.dataset))) {
    datasets.push(await outlineDataset(id, plan, workspace));
  }
  return {
    name: plan.name,
    cells: plan.cells.length,
    missing: missing.message,
    datasets,
    encoding: encodingRetrievers(plan),
    generations: Array.from(plan.scenarioSets, ([scenarios, fragment]) => {
      const { generation } = createScenarioSource(fragment, {});
      return generation === undefined ? [] : [{ scenarios, model: generation.model }];
    }).flat(),
    expansions: await estimateExpansions(file, workspace),
  };
}

async function outlineDataset(
  id: string,
  { cells, data: { limit } }: ExperimentPlan,
  { cardFolders }: Workspace,
): Promise<DatasetOutline> {
  const card = (await findCard(id, cardFolders))?.card;
  const sets = new Set(cells.filter(({ axes }) => axes.dataset === id).map(({ axes }) => axes.queries)).size;
  const documents = atMost(card?.counts.documents, limit?.documents);
  const queries = atMost(card?.counts.queries, limit?.queries);
  const average = card?.statistics?.documents?.average;
  return {
    dataset: id,
    documents,
    documentTokens:
      documents === null || average === undefined ? null : Math.ceil((documents * average) / CHARACTERS_PER_TOKEN),
    queries: queries === null ? null : queries * sets,
  };
}

function atMost(count: number | undefined, limit: number | undefined): number | null {
  return count === undefined ? null : Math.min(count, limit ?? count);
}

/** Those that name an encoder. */
function encodingRetrievers({ cells, retrievers: planned }: ExperimentPlan): readonly string[] {
  const used = new Set(cells.map(({ axes }) => axes.retriever));
  return Array.from(planned).flatMap(([name, retriever]) => {
    if (!used.has(name) || !retriever.scores) return [];
    const known = Object.entries(retrievers).find(([kind]) => kind === retriever.fragment.kind);
    const [, component] = known ?? [];
    return component?.fragments?.["encoder"] === undefined ? [] : [name];
  });
}
