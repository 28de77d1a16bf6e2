import type { DocId } from "../domain/ids.ts";
import type { Query } from "../domain/query.ts";
import type { Ranking } from "../domain/run.ts";
import { topRows } from "../domain/top-rows.ts";
import type { ViewCollection } from "../domain/view.ts";
import type { ViewLayout } from "../domain/view-layout.ts";
import { createChannelFuser } from "../fuse/registry.ts";
import type { ChannelFuser } from "../fuse/types.ts";
import type { ExperimentPlan, PlannedCell } from "../plan/plan-types.ts";
import type { OpenedRetriever, Retriever, ScoreRows } from "../retrieve/types.ts";
import { breathe } from "../runtime/clock.ts";
import type { CellLayout } from "../storage/layout.ts";
import type { DatasetMaterial, ScenarioMaterial } from "./materials.ts";
import { openRunWriters, type RunWriters } from "./run-writers.ts";
import type { Workspace } from "./workspace.ts";

/** A cell whose run file has to be made. */
export type CellWork = { readonly cell: PlannedCell; readonly layout: CellLayout };

export type GroupContext = {
  readonly plan: ExperimentPlan;
  readonly material: DatasetMaterial;
  readonly scenarios: ReadonlyMap<string, ScenarioMaterial>;
  readonly retriever: Retriever;
  readonly workspace: Workspace;
};

/** One scenario set under one fusion: all its alphas come out of one pass. */
type Sweep = {
  readonly rows: ScoreRows;
  readonly layout: ViewLayout;
  readonly fuser: ChannelFuser;
  readonly cells: readonly PlannedCell[];
};

/**
 * Makes the run files of all cells that share retriever, dataset and queries: the corpus and every scenario set are
 * scored once for each query, and every fusion and alpha is read off those scores. The files appear together at the end.
 *
 * @returns how many texts had to be encoded
 */
export async function scoreGroup(work: readonly CellWork[], context: GroupContext): Promise<number> {
  const { material, retriever, workspace, plan } = context;
  const first = work[0]?.cell.axes;
  const queries = first === undefined ? [] : (material.querySets.get(first.queries)?.queries ?? []);
  const opened = retriever.open(material.dataset.corpus);
  const queryTexts = queries.map(({ text }) => text);
  const { signal } = workspace;
  const bodies = await scoreViews({ opened, queryTexts, label: "documents" }, material.dataset.corpus, context);
  const sweeps = await openSweeps(work, context, { opened, queryTexts });
  const bases = work.filter(({ cell }) => cell.axes.alpha === null);
  const task = workspace.progress.start(`${first?.retriever} on ${material.dataset.id}`, queries.length, "queries");
  const writers = await openRunWriters(work, plan.ids);
  try {
    for (const [index, query] of queries.entries()) {
      signal?.throwIfAborted();
      const answer = { query, index, bodies, excluded: excludedRows(query, material) };
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
  return sweeps.reduce((encoded, { rows }) => encoded + rows.encoded, bodies.encoded);
}

type Opened = { readonly opened: OpenedRetriever; readonly queryTexts: readonly string[] };

/** Indexes one collection, with progress. */
async function scoreViews(
  { opened, queryTexts, label }: Opened & { readonly label: string },
  views: ViewCollection,
  { material, workspace }: GroupContext,
): Promise<ScoreRows> {
  const role = views === material.dataset.corpus ? "document" : "scenario";
  const task = workspace.progress.start(`indexing ${material.dataset.id} ${label}`, views.count, "texts");
  const rows = await opened.score({
    views,
    role,
    queryTexts,
    signal: workspace.signal,
    onProgress: (done) => task.update(done),
  });
  task.end();
  return rows;
}

async function openSweeps(work: readonly CellWork[], context: GroupContext, { opened, queryTexts }: Opened) {
  const sweeps: Sweep[] = [];
  for (const [name, { set, layout }] of context.scenarios) {
    const own = work.map(({ cell }) => cell).filter(({ axes }) => axes.scenarios === name);
    if (own.length === 0) continue;
    const rows = await scoreViews({ opened, queryTexts, label: `scenarios ${name}` }, set.views, context);
    for (const [fusion, fragment] of context.plan.fusions) {
      const cells = own.filter(({ axes }) => axes.fusion === fusion);
      if (cells.length > 0) sweeps.push({ rows, layout, cells, fuser: createChannelFuser(fragment) });
    }
  }
  return sweeps;
}

type Answer = {
  readonly query: Query;
  readonly index: number;
  readonly bodies: ScoreRows;
  readonly excluded: ReadonlySet<number>;
};

function baseRanking({ index, bodies, excluded }: Answer, { material, retriever, plan }: GroupContext): Ranking {
  const scores = bodies.row(index);
  const returned = Int32Array.from(scores.keys()).filter(
    (row) => !excluded.has(row) && !(retriever.zeroMeansNoMatch && scores[row] === 0),
  );
  const { docIds } = material.dataset;
  return toRanking(
    Array.from(topRows(scores, returned, material.ties, plan.hits), (row) => ({ row, score: scores[row] ?? 0 })),
    docIds,
  );
}

type SweepContext = { readonly answer: Answer; readonly context: GroupContext };

async function writeSweep(sweep: Sweep, writers: RunWriters, { answer, context }: SweepContext): Promise<void> {
  const { cells, fuser, layout, rows } = sweep;
  const scores = { document: answer.bodies.row(answer.index), scenario: rows.row(answer.index) };
  const hits = fuser.sweep(scores, {
    alphas: cells.map(({ axes }) => axes.alpha ?? 1),
    k: context.plan.hits,
    layout,
    excluded: answer.excluded,
    zeroMeansNoMatch: context.retriever.zeroMeansNoMatch,
  });
  for (const [position, cell] of cells.entries()) {
    await writers.write(cell, answer.query.id, toRanking(hits[position] ?? [], context.material.dataset.docIds));
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
