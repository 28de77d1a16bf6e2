import type { Query } from "../../domain/query.ts";
import type { SearchQuestions } from "../../engine/types.ts";
import { createChannelFuser } from "../../fuse/registry.ts";
import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import type { Search, SearchWatch } from "../../retrieve/types.ts";
import type { DatasetMaterial, ScenarioMaterial } from "../materials.ts";
import type { OnCorpus } from "../open-retrievers.ts";
import type { Workspace } from "../workspace.ts";
import { questionsOf, type SearchedCells } from "./cell-questions.ts";
import { fusesChannels, type ScoringGroup } from "./cell-status.ts";
import { describeScoring } from "./describe-scoring.ts";
import type { Scoring } from "./manifest.ts";
import { openRunWriters, type RunWriters } from "./run-writers.ts";

/** Answers that other tasks have found, of one pass of a group. */
export type AnswersElsewhere = (pass: GroupPass, questions: SearchQuestions) => Search;

export type GroupContext = OnCorpus & {
  /** Undefined where the group has to be searched here. */
  readonly elsewhere?: AnswersElsewhere | undefined;
  readonly plan: ExperimentPlan;
  readonly material: DatasetMaterial;
  readonly scenarios: ReadonlyMap<string, ScenarioMaterial>;
  readonly workspace: Workspace;
};

export type ScoredGroup = {
  /** Texts that had to be encoded. */
  readonly encoded: number;
  /** How the scores of each cell came about, by cell id. */
  readonly scorings: ReadonlyMap<string, Scoring>;
};

/** The cells of one search, and the scenario set that it reads. */
export type GroupPass = SearchedCells & { readonly number: number; readonly scenarios: ScenarioMaterial | undefined };

/**
 * Makes the run files of all cells that share retriever, dataset and queries. There is a search for every scenario set, and
 * the cells of the corpus alone go with the first: every fusion and alpha is answered in one pass over the vectors. The
 * files appear together at the end.
 */
export async function scoreGroup(group: ScoringGroup, context: GroupContext): Promise<ScoredGroup> {
  const { material, plan, opened } = context;
  const queries = material.querySets.get(group.queries)?.queries ?? [];
  const excluded = queries.map((query) => excludedRows(query, material));
  const writers = await openRunWriters(group.cells, { ids: plan.ids, fuses: (cell) => fusesChannels(cell, plan) });
  const scorings = new Map<string, Scoring>();
  let encoded = 0;
  try {
    for (const pass of passesOf(cellsOf(group, context), context)) {
      const search = await runPass(pass, { group, queries, excluded, writers }, context);
      encoded += search.encoded;
      for (const cell of [...pass.bases, ...pass.fusions.flatMap(({ cells }) => cells)]) {
        scorings.set(cell.id, describeScoring(cell, opened, search));
      }
    }
    await writers.commit();
  } catch (error) {
    await writers.abort();
    throw error;
  }
  return { encoded, scorings };
}

/** Tasks that searched elsewhere did so for all cells of the group, those included that are finished. */
function cellsOf({ cells, ...axes }: ScoringGroup, { plan, elsewhere }: GroupContext): readonly PlannedCell[] {
  return elsewhere === undefined ? cells.map(({ cell }) => cell) : cellsOfGroup(plan, axes);
}

/** All cells of a plan that share a search. */
export function cellsOfGroup(
  { cells }: ExperimentPlan,
  { retriever, dataset, queries }: Omit<ScoringGroup, "cells">,
): readonly PlannedCell[] {
  const isOwn = ({ axes }: PlannedCell) =>
    axes.retriever === retriever && axes.dataset === dataset && axes.queries === queries;
  return cells.filter(isOwn);
}

export function passesOf(
  planned: readonly PlannedCell[],
  { scenarios, plan }: Pick<GroupContext, "scenarios" | "plan">,
): readonly GroupPass[] {
  const bases = planned.filter(({ axes }) => axes.alpha === null);
  const passes = Array.from(scenarios, ([name, material]) => {
    const own = planned.filter(({ axes }) => axes.scenarios === name);
    const fusions = Array.from(plan.fusions, ([fusion, fragment]) => ({
      fuser: createChannelFuser(fragment),
      cells: own.filter(({ axes }) => axes.fusion === fusion),
    })).filter(({ cells }) => cells.length > 0);
    return { bases: [], fusions, layout: material.layout, scenarios: material };
  }).filter(({ fusions }) => fusions.length > 0);
  const [first, ...others] = passes;
  if (first === undefined) return [{ bases, fusions: [], layout: undefined, scenarios: undefined, number: 0 }];
  return [{ ...first, bases }, ...others].map((pass, number) => ({ ...pass, number }));
}

type PassWork = {
  readonly group: ScoringGroup;
  readonly queries: readonly Query[];
  readonly excluded: readonly Int32Array[];
  readonly writers: RunWriters;
};

async function runPass(pass: GroupPass, work: PassWork, context: GroupContext): Promise<Search> {
  const { group, queries, excluded, writers } = work;
  const { material, plan, opened, retriever, workspace } = context;
  const { dataset, ties } = material;
  const { questions, read } = questionsOf(pass, {
    ...{ hits: plan.hits, queries, excluded, docIds: dataset.docIds, ties },
    ...{ ranks: opened.ranks, zeroMeansNoMatch: retriever.zeroMeansNoMatch },
  });
  const watching = watchSearch(group, context);
  const search: Search =
    context.elsewhere?.(pass, questions) ??
    (await opened.search({
      documents: dataset.corpus,
      ties,
      scenarios: pass.scenarios && { views: pass.scenarios.set.views, layout: pass.scenarios.layout },
      ...{ queries, excluded, questions, signal: workspace.signal, watch: watching.watch },
    }));
  for await (const answer of search.answers) {
    workspace.signal?.throwIfAborted();
    const query = queries[answer.query];
    if (query === undefined) continue;
    for (const ranked of read(answer)) await writers.write(query.id, ranked);
  }
  watching.end();
  return search;
}

/** Shows one stage of a search after the other. */
function watchSearch({ retriever, dataset }: ScoringGroup, { workspace }: GroupContext) {
  const labels = {
    documents: { text: `indexing ${dataset} documents`, unit: "texts" },
    scenarios: { text: `indexing ${dataset} scenarios`, unit: "texts" },
    feedback: { text: `${retriever} on ${dataset}, for feedback`, unit: "steps" },
    search: { text: `${retriever} on ${dataset}`, unit: "steps" },
  };
  let stage: Parameters<SearchWatch>[0] | undefined;
  let task: ReturnType<Workspace["progress"]["start"]> | undefined;
  return {
    watch(next: Parameters<SearchWatch>[0], done: number, total: number) {
      if (next !== stage) {
        task?.end();
        task = workspace.progress.start(labels[next].text, total, labels[next].unit);
      }
      stage = next;
      task?.update(done);
    },
    end: () => task?.end(),
  };
}

/** Rows that the policy and the query forbid, ascending. */
export function excludedRows(query: Query, { dataset, rows }: DatasetMaterial): Int32Array {
  const ids: readonly string[] = dataset.policy.selfId === "drop" ? [...query.excluded, query.id] : query.excluded;
  const known: ReadonlyMap<string, number> = rows;
  const distinct = new Set(ids.map((id) => known.get(id)).filter((row) => row !== undefined));
  return Int32Array.from(distinct).sort();
}
