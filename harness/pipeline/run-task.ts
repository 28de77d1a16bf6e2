import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { sliceViews } from "../domain/view.ts";
import { HarnessError } from "../errors.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { plural } from "../report/figure-text.ts";
import type { EncodeTask, OpenedRetriever } from "../retrieve/types.ts";
import { type ExperimentLayout, experimentLayout, type TaskLayout, taskLayout } from "../storage/layout.ts";
import { type Task, type TaskManifest, type TextRange, taskOf } from "../tasks/task-manifest.ts";
import { readDone, type TaskDone, type TaskError, writeDone, writeError } from "../tasks/task-records.ts";
import { cellKeys } from "./cell-keys.ts";
import { accountFor, encodingWork } from "./encoding-work.ts";
import { loadPlan } from "./load-plan.ts";
import { hasValues } from "./manifest.ts";
import { type DatasetMaterial, datasetOf, gatherMaterials, type Materials } from "./materials.ts";
import { type OpenRetrievers, openRetrievers } from "./open-retrievers.ts";
import { memberIds } from "./plan-tasks.ts";
import { portableError } from "./portable-error.ts";
import { runCells } from "./run-experiment.ts";
import type { Workspace } from "./workspace.ts";

export type TaskRequest = {
  readonly manifest: TaskManifest;
  /** Absolute path of the manifest; what the task leaves goes beside it. */
  readonly path: string;
  readonly number: number;
};

/**
 * Does one task of a manifest, unless its results are there. Whatever it leaves is named by content or the task and appears
 * whole, so it may run several times, also at once.
 *
 * @returns what was done, for a person
 * @throws {HarnessError} `CELLS_FAILED` when some of its cells failed, `DATA_INVALID` when the data is not what it was when the
 *   manifest was written, and as a run; why is also written down beside the manifest
 */
export async function runTask({ manifest, path, number }: TaskRequest, workspace: Workspace): Promise<string> {
  const task = taskOf(manifest, number);
  const files = taskLayout(dirname(path));
  const layout = experimentLayout(workspace.out, manifest.name);
  if (await isTaskDone(number, { manifest, files, layout })) return `task ${number}: its results are there already.`;
  await rm(files.error(number), { force: true });
  try {
    const done = await doTask(task, manifest, workspace);
    await writeDone(files, number, done);
    return `task ${number}: done; ${plural(done.encoded, "text")} encoded.`;
  } catch (error) {
    await writeError(files, number, errorRecord(error, workspace));
    throw error;
  }
}

type TaskPlaces = { readonly manifest: TaskManifest; readonly files: TaskLayout; readonly layout: ExperimentLayout };

/** Whether the results of a task are there; files of cells are not read through, as whoever reports on them does that. */
export async function isTaskDone(number: number, { manifest, files, layout }: TaskPlaces): Promise<boolean> {
  const task = taskOf(manifest, number);
  if (task.stage === "encode") return (await readDone(files, number)) !== undefined;
  for (const id of task.cells) {
    if (!(await hasValues(layout.cell(id), manifest.cells[id] ?? ""))) return false;
  }
  return true;
}

class FailedCells extends HarnessError {
  readonly cells: Readonly<Record<string, string>>;

  constructor(cells: Readonly<Record<string, string>>) {
    const [first = ""] = Object.values(cells);
    super("CELLS_FAILED", `${plural(Object.keys(cells).length, "cell")} failed: ${first}`);
    this.cells = cells;
  }
}

function errorRecord(error: unknown, workspace: Workspace): TaskError {
  const cells = error instanceof FailedCells ? { ...error.cells } : {};
  return { error: Object.values(cells)[0] ?? portableError(error, workspace), cells };
}

async function doTask(task: Task, manifest: TaskManifest, workspace: Workspace): Promise<TaskDone> {
  const whole = await loadPlan(manifest.runFile, workspace.cardFolders);
  // all cells of the dataset: what a retriever is asked for as a whole is part of its identity
  const plan = { ...whole, cells: whole.cells.filter(({ axes }) => axes.dataset === task.dataset) };
  const materials = await gatherMaterials(plan, manifest.runFile, workspace);
  const opened = openRetrievers(plan, manifest.runFile, { ...workspace, materials });
  try {
    const session = { plan, materials, workspace, opened };
    if (task.stage === "encode") return await encodeTexts(task, session);
    return await makeCells(task.cells, manifest, session);
  } finally {
    await opened.close();
  }
}

type Session = {
  readonly plan: ExperimentPlan;
  readonly materials: Materials;
  readonly workspace: Workspace;
  readonly opened: OpenRetrievers;
};

async function encodeTexts(
  { retriever, dataset: id, ranges }: Extract<Task, { stage: "encode" }>,
  { materials, workspace, opened: { openRetriever, work } }: Session,
): Promise<TaskDone> {
  const material = datasetOf(id, materials);
  const { encode } = (await openRetriever(retriever, material.dataset)).opened;
  const encoded = await accountFor(
    async () => {
      let sum = 0;
      for (const range of ranges) sum += await encodeRange(range, { encode, material, materials, workspace });
      return sum;
    },
    work,
    workspace,
  );
  return { encoded, encoding: [...encodingWork(work())] };
}

type RangeContext = Pick<OpenedRetriever, "encode"> &
  Pick<Session, "materials" | "workspace"> & { material: DatasetMaterial };

async function encodeRange(
  range: TextRange,
  { encode, material, materials, workspace }: RangeContext,
): Promise<number> {
  const task = workspace.progress.start(`encoding ${range.set ?? "documents"}`, range.end - range.first, "texts");
  const watching = { signal: workspace.signal, onProgress: task.update };
  try {
    return (await encode?.({ ...textsOf(range, material, materials), ...watching })) ?? 0;
  } finally {
    task.end();
  }
}

function textsOf(range: TextRange, { dataset, querySets }: DatasetMaterial, { scenarios }: Materials): EncodeTask {
  const { role, set, first, end } = range;
  if (role === "query") {
    return { role, queries: querySets.get(set ?? "")?.queries.slice(first, end) ?? [] };
  }
  const views = role === "document" ? dataset.corpus : scenarios.get(dataset.id)?.get(set ?? "")?.set.views;
  if (views === undefined) throw changed(`scenarios \`${set}\` of \`${dataset.id}\``);
  return { role, views: sliceViews(views, { first, end: Math.min(end, views.count) }) };
}

async function makeCells(
  ids: readonly string[],
  { cells: keys }: TaskManifest,
  { plan, materials, workspace, opened }: Session,
): Promise<TaskDone> {
  const wanted = new Set(ids);
  const own = plan.cells.filter(({ id }) => wanted.has(id));
  for (const cell of own) {
    const { values } = await cellKeys(cell, { plan, materials, openRetriever: opened.openRetriever });
    if (values !== keys[cell.id]) throw changed(`cell \`${cell.id}\``);
  }
  // those whose rankings they merge are finished, and are only looked at
  for (const cell of own) for (const id of memberIds(cell, plan)) wanted.add(id);
  const cells = plan.cells.filter(({ id }) => wanted.has(id));
  const options = { jobs: 1, keepGoing: true, allowMixed: true, generate: false };
  const run = await runCells({ plan: { ...plan, cells }, materials, workspace, options }, opened);
  const failed = [...run.outcomes].flatMap(([id, outcome]) =>
    outcome.status === "failed" ? [[id, outcome.error] as const] : [],
  );
  if (failed.length > 0) throw new FailedCells(Object.fromEntries(failed));
  return { encoded: run.work.encoded, encoding: [...run.encoding] };
}

function changed(what: string): HarnessError {
  return new HarnessError("DATA_INVALID", `${what} is not what it was when the manifest was written.`, {
    hint: "The run file or its data changed; start the run again.",
  });
}
