import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import type { Progress } from "../runtime/progress.ts";
import type { TaskLayout } from "../storage/layout.ts";
import { describeTask, type Stage, stagesOf, type TaskManifest, taskOf } from "./task-manifest.ts";
import {
  addSubmission,
  countAttempts,
  findLog,
  isCancelled,
  readError,
  readSubmissions,
  removeSubmission,
  type Submission,
} from "./task-records.ts";

/** What starts the processes of tasks: this machine, or a scheduler. It may run a task twice; that does no harm. */
export type Executor = {
  /**
   * Starts the tasks of a stage; resolves when they are handed over.
   *
   * @param after jobs that have to succeed before these may begin
   * @returns what a scheduler calls the jobs
   * @throws what a user has to mend
   */
  submit(submission: Submission, stage: Stage, after: readonly string[]): Promise<readonly string[]>;
  /** Resolves when no task of the manifest is waiting or running, or `watch`, called now and then, says that all is there. */
  idle(watch: () => Promise<boolean>): Promise<void>;
  /** Ends what still waits or runs once all results are there, such as second copies. */
  finish(): Promise<void>;
  /** Whether tasks of the manifest are waiting or running, as far as anybody knows. */
  isBusy(): Promise<boolean>;
};

export type Drive = {
  readonly manifest: TaskManifest;
  readonly layout: TaskLayout;
  readonly executor: Executor;
  /** How often a task is started, at most. */
  readonly attempts: number;
  /** Whether the results of a task are there: they are the truth, whatever a scheduler says. */
  readonly isDone: (task: number) => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
};

const LOOKS_AT_ONCE = 8;
const LOG_LINES = 20;

/**
 * Sees to it that the results of all tasks are there, stage after stage: waits until nothing runs, and starts again what has
 * no results, as often as it may. It remembers nothing that is not on disk, so it may be killed and started again.
 *
 * @returns why tasks failed, by their number; a task is not started when one that it needs failed
 */
export async function driveTasks(drive: Drive): Promise<ReadonlyMap<number, string>> {
  const failures = new Map<number, string>();
  const needed = await neededTasks(drive);
  for (const stage of stagesOf(drive.manifest)) {
    const tasks = numbersOf(stage).filter((task) => needed.has(task));
    const ready = blameNeeds(tasks, failures, drive.manifest);
    for (const task of await driveStage(stage, ready, drive)) failures.set(task, await whyFailed(task, drive.layout));
  }
  await drive.executor.finish();
  return failures;
}

/**
 * Hands over everything that has no results yet, every stage to begin when the one before has succeeded, and waits for
 * nothing. Where tasks are under way it does nothing.
 *
 * @returns how many tasks were handed over
 */
export async function detachTasks(drive: Pick<Drive, "manifest" | "layout" | "executor" | "isDone">): Promise<number> {
  if (await drive.executor.isBusy()) return 0;
  const needed = await neededTasks(drive);
  let after: readonly string[] = [];
  for (const stage of stagesOf(drive.manifest)) {
    const tasks = numbersOf(stage).filter((task) => needed.has(task));
    if (tasks.length > 0) after = [...after, ...(await handOver(stage, tasks, { ...drive, after }))];
  }
  return needed.size;
}

/** Tasks without results that somebody waits for: cells and scenarios, and what cells that are not made need. */
async function neededTasks({ manifest, isDone }: Pick<Drive, "manifest" | "isDone">): Promise<ReadonlySet<number>> {
  const numbers = [...manifest.tasks.keys()];
  const open = new Set(await unfinished(numbers, { isDone }));
  const needed = new Set<number>();
  for (const number of numbers.reverse()) {
    const { stage, needs } = taskOf(manifest, number);
    const isEnd = stage === "cells" || stage === "generate";
    if (!open.has(number) || !(isEnd || needed.has(number))) continue;
    needed.add(number);
    for (const need of needs) if (open.has(need)) needed.add(need);
  }
  return needed;
}

/** @returns the tasks of which nothing that they need has failed */
function blameNeeds(
  tasks: readonly number[],
  failures: Map<number, string>,
  manifest: TaskManifest,
): readonly number[] {
  for (const task of tasks) {
    const failed = taskOf(manifest, task).needs.find((need) => failures.has(need));
    if (failed !== undefined) failures.set(task, `it needs task ${failed}, which failed: ${failures.get(failed)}`);
  }
  return tasks.filter((task) => !failures.has(task));
}

/** @returns tasks that have no results although they were started as often as they may be */
async function driveStage(stage: Stage, tasks: readonly number[], drive: Drive): Promise<readonly number[]> {
  const { layout, executor, attempts, say, signal } = drive;
  let open = tasks;
  while (open.length > 0) {
    await waitFor(stage, open, drive);
    open = await unfinished(open, drive);
    signal?.throwIfAborted();
    const tried = await countAttempts(layout);
    const left = open.filter((task) => (tried.get(task) ?? 0) < attempts);
    if (left.length === 0) return open;
    const again = left.filter((task) => tried.has(task)).length;
    say(`${stage.name}: starting ${left.length} tasks${again === 0 ? "" : `, ${again} of them again`}.`);
    await handOver(stage, left, { layout, executor, after: [] });
  }
  return [];
}

/** Attempts count before they begin: one that nobody could count would be one too many. */
async function handOver(
  stage: Stage,
  tasks: readonly number[],
  { layout, executor, after }: Pick<Drive, "layout" | "executor"> & { readonly after: readonly string[] },
): Promise<readonly string[]> {
  const submission = await addSubmission(layout, tasks);
  try {
    return await executor.submit(submission, stage, after);
  } catch (error) {
    if (error instanceof HarnessError) await removeSubmission(layout, submission);
    throw error;
  }
}

async function waitFor(stage: Stage, open: readonly number[], drive: Drive): Promise<void> {
  const total = stage.end - stage.first;
  const task = drive.progress.start(stage.name, total, "tasks");
  task.skip(total - open.length);
  let left = open;
  try {
    await drive.executor.idle(async () => {
      if (await isCancelled(drive.layout)) throw cancelled();
      left = await unfinished(left, drive);
      task.update(total - left.length);
      return left.length === 0;
    });
  } finally {
    task.end();
  }
}

async function unfinished(tasks: readonly number[], { isDone }: Pick<Drive, "isDone">): Promise<readonly number[]> {
  const done = await boundedMap(tasks, LOOKS_AT_ONCE, isDone);
  return tasks.filter((_, at) => done[at] !== true);
}

function numbersOf({ first, end }: Stage): readonly number[] {
  return Array.from({ length: end - first }, (_, at) => first + at);
}

function cancelled(): HarnessError {
  return new HarnessError("INTERRUPTED", "the tasks were cancelled; what they made is kept.", {
    hint: "Run the same command again to go on.",
  });
}

/** What the task said itself, or else the end of what its process printed. */
async function whyFailed(task: number, layout: TaskLayout): Promise<string> {
  const known = await readError(layout, task);
  if (known !== undefined) return known.error;
  const end = await logEnd(task, layout);
  return `it ended without a result${end === "" ? ", and printed nothing." : `; it printed last:\n${end}`}`;
}

/** The last lines that the process of a task printed, in its latest attempt. */
export async function logEnd(task: number, layout: TaskLayout): Promise<string> {
  const latest = (await readSubmissions(layout)).filter(({ tasks }) => tasks.includes(task)).at(-1);
  if (latest === undefined) return "";
  const file = await findLog(layout, latest, task);
  const text = file === undefined ? "" : await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
}

/** One failed task, for a person. */
export function describeFailure(manifest: TaskManifest, task: number, why: string): string {
  return `task ${task} failed (${describeTask(taskOf(manifest, task))}): ${why}`;
}
