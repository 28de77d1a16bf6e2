import type { DocId } from "../domain/ids.ts";
import type { Query } from "../domain/query.ts";
import type { Ranking } from "../domain/run.ts";
import { topRows } from "../domain/top-rows.ts";
import type { ViewCollection } from "../domain/view.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import { createChannelFuser } from "../fuse/registry.ts";
import type { ChannelFuser, SweepRequest } from "../fuse/types.ts";
import type { ExperimentPlan, PlannedCell } from "../plan/plan-types.ts";
import type { ScoreRow, ScoreRows } from "../retrieve/types.ts";
import { breathe } from "../runtime/clock.ts";
import type { ScoringGroup } from "./cell-status.ts";
import { describeScoring } from "./describe-scoring.ts";
import type { Scoring } from "./manifest.ts";
import type { DatasetMaterial, ScenarioMaterial } from "./materials.ts";
import type { OnCorpus } from "./open-retrievers.ts";
import { openRunWriters, type RunWriters } from "./run-writers.ts";
import type { Workspace } from "./workspace.ts";

export type GroupContext = OnCorpus & {
  readonly plan: ExperimentPlan;
  readonly material: DatasetMaterial;
  readonly scenarios: ReadonlyMap<string, ScenarioMaterial>;
  readonly workspace: Workspace;
};

/** One scenario set: its scores, and the cells of every fusion that reads them. */
type ScenarioSweep = {
  readonly rows: ScoreRows;
  readonly layout: ViewLayout;
  readonly fusions: readonly { readonly fuser: ChannelFuser; readonly cells: readonly PlannedCell[] }[];
};

export type ScoredGroup = {
  /** Texts that had to be encoded. */
  readonly encoded: number;
  /** How the scores of each cell came about, by cell id. */
  readonly scorings: ReadonlyMap<string, Scoring>;
};

/**
 * Makes the run files of all cells that share retriever, dataset and queries: the corpus and every scenario set are
 * scored once for each query, and every fusion and alpha is read off those scores. The files appear together at the end.
 */
export async function scoreGroup(group: ScoringGroup, context: GroupContext): Promise<ScoredGroup> {
  const { material, workspace, plan } = context;
  const queries = material.querySets.get(group.queries)?.queries ?? [];
  const score = scorer(queries, context);
  const bodies = await score(material.dataset.corpus, "documents");
  const sweeps = await openSweeps(group, context, score);
  const bases = group.cells.filter(({ cell }) => cell.axes.alpha === null);
  const task = workspace.progress.start(`${group.retriever} on ${group.dataset}`, queries.length, "queries");
  const writers = await openRunWriters(group.cells, plan.ids);
  try {
    for (const [index, query] of queries.entries()) {
      workspace.signal?.throwIfAborted();
      const answer = { query, index, document: bodies.row(index), excluded: excludedRows(query, material) };
      for (const { cell } of bases) await writers.write(cell, query.id, baseRanking(answer, context));
      for (const sweep of sweeps) await writeSweep(sweep, writers, { answer, context });
      task.update(index + 1);
      await breathe();
    }
    await writers.commit();
  } catch (error) {
    await writers.abort();
    throw error;
  }
  task.end();
  return {
    encoded: sweeps.reduce((encoded, { rows }) => encoded + rows.encoded, bodies.encoded),
    scorings: new Map([
      ...bases.map(({ cell }) => [cell.id, describeScoring(cell, context.opened, { bodies })] as const),
      ...sweeps.flatMap(({ rows, fusions }) =>
        fusions.flatMap(({ cells }) =>
          cells.map((cell) => [cell.id, describeScoring(cell, context.opened, { bodies, scenarios: rows })] as const),
        ),
      ),
    ]),
  };
}

type Score = (views: ViewCollection, label: string) => Promise<ScoreRows>;

/** Indexes a collection for the queries, with progress. */
function scorer(queries: readonly Query[], { opened, material, workspace }: GroupContext): Score {
  return async (views, label) => {
    const role = views === material.dataset.corpus ? "document" : "scenario";
    const task = workspace.progress.start(`indexing ${material.dataset.id} ${label}`, views.count, "texts");
    const onProgress = (done: number) => task.update(done);
    const rows = await opened.score({ views, role, queries, signal: workspace.signal, onProgress });
    task.end();
    return rows;
  };
}

async function openSweeps(group: ScoringGroup, { scenarios, plan }: GroupContext, score: Score) {
  const sweeps: ScenarioSweep[] = [];
  for (const [name, { set, layout }] of scenarios) {
    const own = group.cells.map(({ cell }) => cell).filter(({ axes }) => axes.scenarios === name);
    if (own.length === 0) continue;
    const fusions = Array.from(plan.fusions, ([fusion, fragment]) => ({
      fuser: createChannelFuser(fragment),
      cells: own.filter(({ axes }) => axes.fusion === fusion),
    }));
    sweeps.push({ rows: await score(set.views, `scenarios ${name}`), layout, fusions });
  }
  return sweeps;
}

type Answer = {
  readonly query: Query;
  readonly index: number;
  /** Scores of the bodies. */
  readonly document: ScoreRow;
  readonly excluded: ReadonlySet<number>;
};

function baseRanking({ document: { scores, matched }, excluded }: Answer, { material, plan }: GroupContext): Ranking {
  const candidates = matched ?? Int32Array.from(scores.keys());
  const returned = excluded.size === 0 ? candidates : candidates.filter((row) => !excluded.has(row));
  const rows = topRows(scores, returned, material.ties, plan.hits);
  return toRanking(
    Array.from(rows, (row) => ({ row, score: scores[row] ?? 0 })),
    material.dataset.docIds,
  );
}

type SweepContext = { readonly answer: Answer; readonly context: GroupContext };

async function writeSweep(
  { rows, layout, fusions }: ScenarioSweep,
  writers: RunWriters,
  { answer, context }: SweepContext,
): Promise<void> {
  const scores = { document: answer.document.scores, scenario: rows.row(answer.index).scores };
  const request: Omit<SweepRequest, "alphas"> = {
    k: context.plan.hits,
    layout,
    excluded: answer.excluded,
    hasExclusions: answer.query.excluded.length > 0,
    zeroMeansNoMatch: context.retriever.zeroMeansNoMatch,
  };
  for (const { fuser, cells } of fusions) {
    const hits = fuser.sweep(scores, { ...request, alphas: cells.map(({ axes }) => axes.alpha ?? 1) });
    for (const [position, cell] of cells.entries()) {
      await writers.write(cell, answer.query.id, toRanking(hits[position] ?? [], context.material.dataset.docIds));
    }
  }
}

function toRanking(hits: readonly { row: number; score: number }[], docIds: readonly DocId[]): Ranking {
  return hits.flatMap(({ row, score }) => {
    const docId = docIds[row];
    return docId === undefined ? [] : [{ docId, score }];
  });
}

/** Rows that the policy and the query forbid. */
function excludedRows(query: Query, { dataset, rows }: DatasetMaterial): ReadonlySet<number> {
  const ids: readonly string[] = dataset.policy.selfId === "drop" ? [...query.excluded, query.id] : query.excluded;
  const known: ReadonlyMap<string, number> = rows;
  return new Set(ids.map((id) => known.get(id)).filter((row) => row !== undefined));
}
