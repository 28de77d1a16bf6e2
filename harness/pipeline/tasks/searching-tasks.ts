import { createChannelFuser } from "../../fuse/registry.ts";
import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import type { OpenedRetriever } from "../../retrieve/types.ts";
import { datasetOf } from "../materials.ts";
import type { KeyContext } from "../run/cell-keys.ts";
import { cellsOfGroup } from "../run/score-group.ts";
import { cutSpan } from "./cut-ranges.ts";
import { groupKey, type Prepared, pairKey, searchGroups } from "./search-groups.ts";

/** Documents and queries of a search, at most; undefined for all of them. */
type SearchSizes = {
  readonly documentsPerTask?: number | undefined;
  readonly queriesPerTask?: number | undefined;
};

/** Searches that can be shared out by documents and queries are; the cells of the others search by themselves. */
export async function searchingTasks(encoding: Prepared, context: KeyContext, sizes: SearchSizes): Promise<Prepared> {
  const { documentsPerTask, queriesPerTask } = sizes;
  if (documentsPerTask === undefined && queriesPerTask === undefined) return encoding;
  const { plan, materials, openRetriever } = context;
  const tasks = [...encoding.tasks];
  const needs = new Map(encoding.needs);
  for (const group of searchGroups(plan)) {
    const { retriever, dataset: id, queries } = group;
    const { dataset, querySets } = datasetOf(id, materials);
    const { opened } = await openRetriever(retriever, dataset);
    if (!canShare(opened, cellsOfGroup(plan, group), plan)) continue;
    const own = encoding.needs.get(pairKey(retriever, id)) ?? [];
    const first = tasks.length;
    for (const asked of cutSpan(querySets.get(queries)?.queries.length ?? 0, queriesPerTask)) {
      for (const documents of cutSpan(dataset.corpus.count, documentsPerTask)) {
        tasks.push({ stage: "search", retriever, dataset: id, queries, documents, asked, needs: [...own] });
      }
    }
    needs.set(
      groupKey(group),
      Array.from({ length: tasks.length - first }, (_, at) => first + at),
    );
  }
  return { tasks, needs };
}

/** Whether rankings of parts of a corpus make those of the whole, for the fusions too. */
function canShare({ ranks, divisible }: OpenedRetriever, cells: readonly PlannedCell[], plan: ExperimentPlan): boolean {
  const fusions = new Set(cells.map(({ axes }) => axes.fusion));
  const isLeft = (name: string | null) => {
    const fragment = name === null ? undefined : plan.fusions.get(name);
    if (fragment === undefined) return name === null;
    const { linear, lists } = createChannelFuser(fragment);
    return linear !== undefined || lists !== undefined;
  };
  return ranks && divisible && [...fusions].every(isLeft);
}
