import type { EncodingWork } from "../../domain/encoding-work.ts";
import { cellId } from "../../plan/cell-id.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { boundedMap } from "../../runtime/bounded-map.ts";
import { type ExperimentLayout, experimentLayout } from "../../storage/layout.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { loadPlan } from "../load-plan.ts";
import { datasetOf, type Materials } from "../materials.ts";
import { type OpenRetriever, type OpenRetrievers, openRetrievers } from "../open-retrievers.ts";
import { describeError, portableError } from "../portable-error.ts";
import type { Workspace } from "../workspace.ts";
import { inspectCells, type KnownCell, type ScoringGroup, scoresTexts, scoringGroups } from "./cell-status.ts";
import { accountFor, encodingWork } from "./encoding-work.ts";
import { evaluateCell } from "./evaluate-cell.ts";
import type { Manifest, Scoring } from "./manifest.ts";
import { mergeRankings } from "./merge-rankings.ts";
import { type AnswersElsewhere, scoreGroup } from "./score-group.ts";

export type RunOptions = {
  /** How many groups of cells are worked on side by side. */
  readonly jobs: number;
  /** Go on with other cells when one fails. */
  readonly keepGoing: boolean;
  /** Average datasets under different evaluation policies; the report then says so. */
  readonly allowMixed: boolean;
  /** Ask LLMs for scenarios and expansions that are not generated yet; otherwise a run that needs them ends. */
  readonly generate: boolean;
  /** Tell on the page what the run took; the page then differs from run to run. */
  readonly costs?: boolean;
};

/** How one cell ended. */
export type CellOutcome =
  | { readonly status: "done" | "cached"; readonly manifest: Manifest }
  | { readonly status: "failed"; readonly error: string };

/** What a run did; reports are written from it. */
export type ExperimentRun = {
  /** Path of the run file. */
  readonly file: string;
  readonly plan: ExperimentPlan;
  readonly layout: ExperimentLayout;
  readonly materials: Materials;
  /** By cell id. */
  readonly outcomes: ReadonlyMap<string, CellOutcome>;
  readonly allowMixed: boolean;
  readonly costs: boolean;
  /** Work done: texts encoded, run files made, cells evaluated, cells found finished. */
  readonly work: {
    readonly encoded: number;
    readonly scored: number;
    readonly evaluated: number;
    readonly cached: number;
  };
  /** What encoders did for it, and at what cost; empty when nothing was encoded. */
  readonly encoding: readonly EncodingWork[];
};

/** What other tasks have found for the cells of a group; undefined where it has to be searched here. */
export type SearchedElsewhere = (group: Omit<ScoringGroup, "cells">) => AnswersElsewhere | undefined;

type Session = {
  readonly file: string;
  readonly plan: ExperimentPlan;
  readonly materials: Materials;
  readonly openRetriever: OpenRetriever;
  readonly layout: ExperimentLayout;
  readonly workspace: Workspace;
  readonly options: RunOptions;
  readonly elsewhere?: SearchedElsewhere | undefined;
  /** How cells ended so far, by cell id. */
  readonly outcomes: Map<string, CellOutcome>;
  /** How the scores of every cell came about that has a run file, by cell id. */
  readonly scorings: Map<string, readonly Scoring[]>;
};

/**
 * Runs every cell of a run file that is not finished yet. A group of cells is scored, evaluated and finished before the
 * next one begins, so that an interrupted run is continued by running it again.
 *
 * @throws {HarnessError} whatever is wrong with the run file or the data, before anything is written; what goes wrong in
 *   a cell is thrown too unless `keepGoing`
 */
export async function runExperiment(file: string, workspace: Workspace, options: RunOptions): Promise<ExperimentRun> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace, { generate: options.generate });
  const opened = openRetrievers(plan, file, { ...workspace, materials });
  try {
    return await runCells({ file, plan, materials, workspace, options }, opened);
  } finally {
    await opened.close();
  }
}

/** The same for data that was read and retrievers that were built, on the cells of the plan that it is given. */
export async function runCells(
  {
    file,
    plan,
    materials,
    workspace,
    options,
    elsewhere,
  }: Omit<Session, "openRetriever" | "layout" | "outcomes" | "scorings">,
  { openRetriever, work: encoderWork }: Pick<OpenRetrievers, "openRetriever" | "work">,
): Promise<ExperimentRun> {
  const layout = experimentLayout(workspace.out, plan.name);
  const cells = await inspectCells(layout, { plan, materials, openRetriever });
  const outcomes = new Map<string, CellOutcome>();
  const scorings = new Map<string, readonly Scoring[]>();
  const session = { file, plan, materials, openRetriever, layout, workspace, options, elsewhere, outcomes, scorings };
  for (const { cell, state } of cells) {
    if (state.use !== "nothing") scorings.set(cell.id, state.manifest.scoring);
    if (state.use === "all") outcomes.set(cell.id, { status: "cached", manifest: state.manifest });
  }
  const encoded = await accountFor(() => scoreCells(cells, session), encoderWork, workspace);
  await mergeCells(cells, session);
  await finishCells(
    cells.filter(({ state }) => state.use === "run"),
    session,
  );
  const made = cells.filter(({ cell, state }) => state.use === "nothing" && outcomes.get(cell.id)?.status === "done");
  const count = (status: CellOutcome["status"]) => [...outcomes.values()].filter((one) => one.status === status).length;
  const work = { encoded, scored: made.length, evaluated: count("done"), cached: count("cached") };
  const encoding = encodingWork(encoderWork());
  const { allowMixed, costs = false } = options;
  return { file, plan, layout, materials, outcomes, work, encoding, allowMixed, costs };
}

async function scoreCells(cells: readonly KnownCell[], session: Session): Promise<number> {
  const { plan, materials, openRetriever, workspace, options } = session;
  const encoded = await boundedMap(scoringGroups(cells, plan), options.jobs, async (group) => {
    const material = datasetOf(group.dataset, materials);
    const scenarios = materials.scenarios.get(group.dataset) ?? new Map();
    const onCorpus = await openRetriever(group.retriever, material.dataset);
    const scored = await guard(group.cells, session, () =>
      scoreGroup(group, { plan, material, scenarios, workspace, ...onCorpus, elsewhere: session.elsewhere?.(group) }),
    );
    if (scored === undefined) return 0;
    for (const [id, scoring] of scored.scorings) session.scorings.set(id, [scoring]);
    await finishCells(group.cells, session);
    return scored.encoded;
  });
  return encoded.reduce((sum, count) => sum + count, 0);
}

async function mergeCells(cells: readonly KnownCell[], session: Session): Promise<void> {
  const { plan, workspace } = session;
  const unfinished = cells.filter(({ cell, state }) => state.use === "nothing" && !scoresTexts(cell, plan));
  const task = workspace.progress.start("merging rankings", unfinished.length, "cells");
  for (const [index, known] of unfinished.entries()) {
    if (await mergeCell(known, session)) await finishCells([known], session);
    task.update(index + 1);
  }
  task.end();
}

/** @returns whether the cell has a run file now */
async function mergeCell(known: KnownCell, session: Session): Promise<boolean> {
  const { plan, materials, layout, workspace, outcomes, scorings } = session;
  const { axes, id } = known.cell;
  const retriever = plan.retrievers.get(axes.retriever);
  const members = retriever?.scores === false ? retriever.members : [];
  const memberId = (member: string) => cellId({ ...axes, retriever: member });
  const failed = members.find((member) => outcomes.get(memberId(member))?.status === "failed");
  if (failed !== undefined) {
    outcomes.set(id, { status: "failed", error: memberFailed(failed) });
    return false;
  }
  const merged = await guard([known], session, async () => {
    const material = datasetOf(axes.dataset, materials);
    const memberRuns = members.map((member) => layout.cell(memberId(member)).run);
    await mergeRankings(known, { plan, material, memberRuns, signal: workspace.signal });
    scorings.set(
      id,
      members.flatMap((member) => scorings.get(memberId(member)) ?? []),
    );
    return true;
  });
  return merged === true;
}

/** Why a cell failed whose retriever merges the rankings of others. */
export function memberFailed(member: string): string {
  return `its member \`${member}\` failed`;
}

/** Runs that are in memory at once: one is evaluated while the other is read, or its files are brought to the disk. */
const EVALUATIONS = 2;

/** Evaluates cells whose run file is there, and so finishes them. */
async function finishCells(cells: readonly KnownCell[], session: Session): Promise<void> {
  const { plan, materials, workspace, outcomes } = session;
  const task = workspace.progress.start("evaluating", cells.length, "cells");
  let finished = 0;
  await boundedMap(cells, EVALUATIONS, async (known) => {
    workspace.signal?.throwIfAborted();
    const { cell, keys } = known;
    const material = datasetOf(cell.axes.dataset, materials);
    const context = { plan, material, keys, scoring: session.scorings.get(cell.id) ?? [] };
    const manifest = await guard([known], session, () => evaluateCell(known, context));
    if (manifest !== undefined) outcomes.set(cell.id, { status: "done", manifest });
    task.update(++finished);
  });
  task.end();
}

/** Runs work for some cells; with `keepGoing` a failure becomes their outcome and nothing comes back. */
async function guard<Result>(
  cells: readonly KnownCell[],
  { options, outcomes, workspace }: Session,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!options.keepGoing || workspace.signal?.aborted === true) throw error;
    for (const { cell } of cells) outcomes.set(cell.id, { status: "failed", error: portableError(error, workspace) });
    workspace.say(`failed: ${cells.map(({ cell }) => cell.system).join(", ")}: ${describeError(error)}`);
    return undefined;
  }
}
