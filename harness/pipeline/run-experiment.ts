import { HarnessError } from "../errors.ts";
import { cellId } from "../plan/cell-id.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import { type ExperimentLayout, experimentLayout } from "../storage/layout.ts";
import { datasetOf } from "./cell-keys.ts";
import { inspectCells, type KnownCell, scoresTexts, scoringGroups } from "./cell-status.ts";
import { evaluateCell } from "./evaluate-cell.ts";
import { loadPlan } from "./load-plan.ts";
import type { Manifest } from "./manifest.ts";
import { gatherMaterials, type Materials } from "./materials.ts";
import { mergeRankings } from "./merge-rankings.ts";
import { openRetrievers, type Retrievers } from "./open-retrievers.ts";
import { scoreGroup } from "./score-group.ts";
import type { Workspace } from "./workspace.ts";

export type RunOptions = {
  /** How many groups of cells are worked on side by side. */
  readonly jobs: number;
  /** Go on with other cells when one fails. */
  readonly keepGoing: boolean;
};

/** How one cell ended. */
type CellOutcome =
  | { readonly status: "done" | "cached"; readonly manifest: Manifest }
  | { readonly status: "failed"; readonly error: string };

/** What a run did; reports are written from it. */
export type ExperimentRun = {
  readonly plan: ExperimentPlan;
  readonly layout: ExperimentLayout;
  readonly materials: Materials;
  /** By cell id. */
  readonly outcomes: ReadonlyMap<string, CellOutcome>;
  /** Work done: texts encoded, run files made, cells evaluated, cells found finished. */
  readonly work: {
    readonly encoded: number;
    readonly scored: number;
    readonly evaluated: number;
    readonly cached: number;
  };
};

type Session = {
  readonly plan: ExperimentPlan;
  readonly materials: Materials;
  readonly retrievers: Retrievers;
  readonly layout: ExperimentLayout;
  readonly workspace: Workspace;
  readonly options: RunOptions;
  /** Why a cell failed, by cell id. */
  readonly failures: Map<string, string>;
};

/**
 * Runs every cell of a run file that is not finished yet. Each group of cells appears whole or not at all, so that an
 * interrupted run is continued by running it again.
 *
 * @throws {HarnessError} whatever is wrong with the run file or the data, before anything is written; what goes wrong in
 *   a cell is thrown too unless `keepGoing`
 */
export async function runExperiment(file: string, workspace: Workspace, options: RunOptions): Promise<ExperimentRun> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace);
  const retrievers = openRetrievers(plan, workspace);
  const layout = experimentLayout(workspace.out, plan.name);
  const cells = await inspectCells(layout, { plan, materials, identities: retrievers.identities });
  const session = { plan, materials, retrievers, layout, workspace, options, failures: new Map<string, string>() };
  const encoded = await scoreCells(cells, session);
  await mergeCells(cells, session);
  const outcomes = await evaluateCells(cells, session);
  const statuses = [...outcomes.values()];
  return {
    plan,
    layout,
    materials,
    outcomes,
    work: {
      encoded,
      scored: cells.filter(({ cell, state }) => state.use === "nothing" && !session.failures.has(cell.id)).length,
      evaluated: statuses.filter(({ status }) => status === "done").length,
      cached: statuses.filter(({ status }) => status === "cached").length,
    },
  };
}

async function scoreCells(cells: readonly KnownCell[], session: Session): Promise<number> {
  const { plan, materials, retrievers, workspace, options } = session;
  const encoded = await boundedMap(scoringGroups(cells, plan), options.jobs, async (group) => {
    const axes = group[0]?.cell.axes;
    const retriever = retrievers.scoring.get(axes?.retriever ?? "");
    const material = materials.datasets.get(axes?.dataset ?? "");
    if (retriever === undefined || material === undefined) return 0;
    const scenarios = materials.scenarios.get(material.dataset.id) ?? new Map();
    return await guard(group, session, () => scoreGroup(group, { plan, material, scenarios, retriever, workspace }));
  });
  return encoded.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

async function mergeCells(cells: readonly KnownCell[], session: Session): Promise<void> {
  const { plan, materials, layout, workspace } = session;
  const unfinished = cells.filter(({ cell, state }) => state.use === "nothing" && !scoresTexts(cell, plan));
  const task = workspace.progress.start("merging rankings", unfinished.length, "cells");
  for (const [index, known] of unfinished.entries()) {
    const { axes } = known.cell;
    const retriever = plan.retrievers.get(axes.retriever);
    const members = retriever?.scores === false ? retriever.members : [];
    const failed = members.find((member) => session.failures.has(cellId({ ...axes, retriever: member })));
    if (failed !== undefined) {
      session.failures.set(known.cell.id, `its member \`${failed}\` failed`);
      continue;
    }
    await guard([known], session, () =>
      mergeRankings(known, {
        plan,
        material: datasetOf(known.cell, { materials }),
        memberRun: (cell, member) => layout.cell(cellId({ ...cell.axes, retriever: member })).run,
        signal: workspace.signal,
      }),
    );
    task.update(index + 1);
  }
  task.end();
}

async function evaluateCells(cells: readonly KnownCell[], session: Session): Promise<ReadonlyMap<string, CellOutcome>> {
  const { plan, materials, workspace, failures } = session;
  const outcomes = new Map<string, CellOutcome>();
  const task = workspace.progress.start("evaluating", cells.length, "cells");
  for (const [index, known] of cells.entries()) {
    const { cell, keys, state } = known;
    workspace.signal?.throwIfAborted();
    if (state.use === "all") outcomes.set(cell.id, { status: "cached", manifest: state.manifest });
    else if (!failures.has(cell.id)) {
      const material = datasetOf(cell, { materials });
      const manifest = await guard([known], session, () => evaluateCell(known, { plan, material, keys }));
      if (manifest !== undefined) outcomes.set(cell.id, { status: "done", manifest });
    }
    const error = failures.get(cell.id);
    if (error !== undefined) outcomes.set(cell.id, { status: "failed", error });
    task.update(index + 1);
  }
  task.end();
  return outcomes;
}

/** Runs work for some cells; with `keepGoing` a failure is noted on them and nothing comes back. */
async function guard<Result>(
  cells: readonly KnownCell[],
  { options, failures, workspace }: Session,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!options.keepGoing || workspace.signal?.aborted === true) throw error;
    const message = error instanceof HarnessError ? `${error.code}: ${error.message}` : String(error);
    for (const { cell } of cells) failures.set(cell.id, message);
    workspace.say(`failed: ${cells.map(({ cell }) => cell.system).join(", ")}: ${message}`);
    return undefined;
  }
}
