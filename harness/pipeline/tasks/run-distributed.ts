import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { type ExperimentLayout, experimentLayout, type TaskLayout } from "../../storage/layout.ts";
import {
  type Drive,
  describeFailure,
  detachTasks,
  driveTasks,
  type Executor,
  logEnd,
} from "../../tasks/drive-tasks.ts";
import type { TaskManifest } from "../../tasks/task-manifest.ts";
import {
  clearCancelled,
  endAttempts,
  forgetDone,
  readDone,
  readError,
  removeFound,
  type TaskDone,
} from "../../tasks/task-records.ts";
import { writeSecrets } from "../../tasks/task-secrets.ts";
import { inspectCells, type KnownCell } from "../run/cell-status.ts";
import { sumEncoding } from "../run/encoding-work.ts";
import { hasValues, inspectCell, removeManifest } from "../run/manifest.ts";
import type { ExperimentRun } from "../run/run-experiment.ts";
import type { Workspace } from "../workspace.ts";
import { collectRun, removeLeftovers } from "./collect-run.ts";
import { hasWholeGenerations, openGenerationTasks } from "./generation-tasks.ts";
import { type OpenTasks, type TaskChoices, type WrittenTasks, withTasks } from "./open-tasks.ts";
import { isTaskDone } from "./run-task.ts";

export type DistributedOptions = TaskChoices & {
  readonly executor: (tasks: WrittenTasks) => Executor;
  /** How often a task is started, at most. */
  readonly attempts: number;
  readonly allowMixed: boolean;
  /** As a run in one process has it. */
  readonly costs: boolean;
  /** Tasks get keys of servers by a file, not by their environment. */
  readonly leavesSecrets: boolean;
};

/**
 * Runs an experiment by tasks in other processes. What comes out is what a run in this process makes, to the byte; cells
 * whose task failed are failed cells, and all others are made.
 *
 * @throws {HarnessError} as a run before its first cell, and what an executor throws; the same call then goes on
 */
export async function runDistributed(
  file: string,
  workspace: Workspace,
  options: DistributedOptions,
): Promise<ExperimentRun> {
  const { division, allowMixed, costs, generate = false } = options;
  if (generate) await generateByTasks(file, workspace, options);
  // what tasks could not be given, and only that, is asked for here
  const choices = { division, generate: generate && (await hasWholeGenerations(file, workspace)) };
  return await withTasks(file, workspace, choices, async (tasks) => {
    const { context, manifest, files } = tasks;
    const layout = experimentLayout(workspace.out, manifest.name);
    const known = await inspectCells(layout, context);
    const before = new Set(known.filter(({ state }) => state.use === "all").map(({ cell }) => cell.id));
    const collected = { file, context, out: workspace.out, allowMixed, costs, before };
    if (before.size === known.length) {
      await clearAway(tasks, layout);
      return await collectRun({ ...collected, whyFailed: () => "", encoded: 0, encoding: [] });
    }
    await disownDamaged(known);
    const earlier = await tasksDone(manifest, files);
    const failures = await drive(tasks, workspace, options);
    await clearAway(tasks, layout);
    const done = [...(await tasksDone(manifest, files))].filter(([task]) => !earlier.has(task)).map(([, one]) => one);
    return await collectRun({
      ...collected,
      whyFailed: await failureOf(manifest, files, failures),
      encoded: done.reduce((sum, one) => sum + one.encoded, 0),
      encoding: sumEncoding(done.flatMap(({ encoding }) => encoding)),
    });
  });
}

/** Cells that say they are finished, but whose files are not what they were: no task would take them up. */
async function disownDamaged(cells: readonly KnownCell[]): Promise<void> {
  for (const { layout, keys, state } of cells) {
    if (state.use === "all" || !(await hasValues(layout, keys.values))) continue;
    // a task of an earlier driver may just have finished it
    if ((await inspectCell(layout, keys)).use !== "all") await removeManifest(layout);
  }
}

/**
 * Hands over the tasks of a run and ends. A later run finds what they made, and waits for what is under way.
 *
 * @returns how many tasks; none when some are under way
 */
export async function detachRun(
  file: string,
  workspace: Workspace,
  options: DistributedOptions,
): Promise<{ readonly manifest: string; readonly tasks: number }> {
  return await withTasks(file, workspace, options, async (tasks) => {
    await prepare(tasks, options);
    await disownDamaged(await inspectCells(experimentLayout(workspace.out, tasks.manifest.name), tasks.context));
    return { manifest: tasks.files.manifest, tasks: await detachTasks(driveOf(tasks, workspace, options)) };
  });
}

async function drive(
  tasks: WrittenTasks,
  workspace: Workspace,
  options: DistributedOptions,
): Promise<ReadonlyMap<number, string>> {
  await prepare(tasks, options);
  const failures = await driveTasks(driveOf(tasks, workspace, options));
  for (const [task, why] of failures) await reportFailure(task, why, { ...tasks, workspace });
  return failures;
}

/** Has the scenarios written that are missing. What is missing after that is said by who needs it. */
async function generateByTasks(file: string, workspace: Workspace, options: DistributedOptions): Promise<void> {
  const tasks = await openGenerationTasks(file, workspace, options.division);
  if (tasks === undefined) return;
  await drive(tasks, workspace, options);
  await endAttempts(tasks.files);
  await forgetDone(tasks.manifest, tasks.files);
}

/** Leaves nothing behind that only tasks under way need. */
async function clearAway({ manifest, files }: OpenTasks, layout: ExperimentLayout): Promise<void> {
  await endAttempts(files);
  await removeFound(manifest, files);
  await removeLeftovers(layout, Object.keys(manifest.cells));
}

async function prepare({ files, secrets }: WrittenTasks, { leavesSecrets }: DistributedOptions): Promise<void> {
  if (leavesSecrets) await writeSecrets(files, secrets);
  await clearCancelled(files);
}

function driveOf(
  tasks: WrittenTasks,
  { out, say, progress, signal }: Workspace,
  { executor, attempts }: Pick<DistributedOptions, "executor" | "attempts">,
): Drive {
  const { manifest, files } = tasks;
  const layout = experimentLayout(out, manifest.name);
  const isDone = (task: number) => isTaskDone(task, { manifest, files, layout });
  return { manifest, layout: files, executor: executor(tasks), attempts, isDone, say, progress, signal };
}

type Failing = { readonly manifest: TaskManifest; readonly files: TaskLayout; readonly workspace: Workspace };

async function reportFailure(task: number, why: string, { manifest, files, workspace }: Failing): Promise<void> {
  const text = describeFailure(manifest, task, why);
  const end = await logEnd(task, files);
  await writeFileAtomic(files.failure(task), `${text}\n${end === "" ? "" : `\nThe end of its log:\n${end}\n`}`);
  workspace.say(`${text.split("\n")[0]} More in ${files.failure(task)}`);
}

/** Why a cell was not made: what was the matter with it, or with its task. */
async function failureOf(
  { tasks }: TaskManifest,
  files: TaskLayout,
  failures: ReadonlyMap<number, string>,
): Promise<(cell: string) => string> {
  const whys = new Map<string, string>();
  for (const [number, why] of failures) {
    const task = tasks[number];
    const own = (await readError(files, number))?.cells ?? {};
    if (task?.stage === "cells") for (const id of task.cells) whys.set(id, own[id] ?? why);
  }
  return (cell) => whys.get(cell) ?? "its files are not what its task left; run again.";
}

async function tasksDone({ tasks }: TaskManifest, files: TaskLayout): Promise<ReadonlyMap<number, TaskDone>> {
  const done = new Map<number, TaskDone>();
  for (const number of tasks.keys()) {
    const record = await readDone(files, number);
    if (record !== undefined) done.set(number, record);
  }
  return done;
}
