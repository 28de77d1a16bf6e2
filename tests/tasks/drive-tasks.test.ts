import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { taskLayout } from "../../harness/storage/layout.ts";
import { driveTasks, type Executor } from "../../harness/tasks/drive-tasks.ts";
import type { Task } from "../../harness/tasks/task-manifest.ts";
import { addSubmission, countAttempts, logFile, writeError } from "../../harness/tasks/task-records.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { aManifest, cellsTask, encodeTask } from "./made-up-tasks.ts";

const folder = temporaryFolder();

/** Tasks 0 and 1 encode; 2 needs 0, 3 needs 1; 4 merges what 2 and 3 make. */
const TASKS: readonly Task[] = [
  encodeTask(),
  encodeTask(),
  cellsTask(["a"], [0]),
  cellsTask(["b"], [1]),
  cellsTask(["c"], [2, 3]),
];

type World = { readonly done: Set<number>; readonly started: number[][] };
type Play = {
  readonly attempts?: number;
  readonly done?: readonly number[];
  /** What becomes of a task that is started: whether it leaves results. */
  readonly outcome: (task: number, time: number) => boolean;
};

/** Drives the tasks on an executor that ends them at once. */
function play(name: string, { attempts = 1, done = [], outcome }: Play) {
  const layout = taskLayout(folder.path(name));
  const world: World = { done: new Set(done), started: [] };
  const times = new Map<number, number>();
  const executor: Executor = {
    submit({ tasks }) {
      world.started.push([...tasks]);
      for (const task of tasks) {
        times.set(task, (times.get(task) ?? 0) + 1);
        if (outcome(task, times.get(task) ?? 0)) world.done.add(task);
      }
      return Promise.resolve([]);
    },
    finish: () => Promise.resolve(),
    isBusy: () => Promise.resolve(false),
    async idle(watch) {
      await watch();
    },
  };
  const drive = () =>
    driveTasks({
      ...{ manifest: aManifest(TASKS), layout, executor, attempts, progress: silentProgress, say: () => undefined },
      isDone: (task) => Promise.resolve(world.done.has(task)),
    });
  return { layout, world, drive };
}

describe("driveTasks", () => {
  it("starts stage after stage, each task once", async () => {
    const { drive, world } = play("plain", { outcome: () => true });
    expect(await drive()).toEqual(new Map());
    expect(world.started).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("starts nothing whose results are there, nor what only such cells need", async () => {
    const { drive, world } = play("partly", { done: [2], outcome: () => true });
    await drive();
    expect(world.started).toEqual([[1], [3], [4]]);
  });

  it("starts nothing when all is done", async () => {
    const { drive, world } = play("all", { done: [2, 3, 4], outcome: () => true });
    await drive();
    expect(world.started).toEqual([]);
  });

  it("starts again what left no results, as often as it may", async () => {
    const { drive, world } = play("again", { attempts: 3, outcome: (task, time) => task !== 1 || time === 3 });
    expect(await drive()).toEqual(new Map());
    expect(world.started).toEqual([[0, 1], [1], [1], [2, 3], [4]]);
  });

  it("gives up a task and what needs it, and does all the rest", async () => {
    const { drive, world } = play("given-up", { attempts: 2, outcome: (task) => task !== 1 });
    const failures = await drive();
    expect([...failures.keys()]).toEqual([1, 3, 4]);
    expect(failures.get(3)).toMatch(/^it needs task 1, which failed: it ended without a result/);
    expect(world.started).toEqual([[0, 1], [1], [2]]);
  });

  it("counts attempts that were made before it was started", async () => {
    const { drive, layout, world } = play("counted", { attempts: 2, outcome: (task) => task !== 1 });
    await addSubmission(layout, [1]);
    await drive();
    expect(world.started).toEqual([[0, 1], [2]]);
    expect((await countAttempts(layout)).get(1)).toBe(2);
  });

  it("says what a task said of its failure, or else what its process printed last", async () => {
    const { drive, layout } = play("why", { outcome: () => false });
    const submission = await addSubmission(layout, [0, 1]);
    await writeError(layout, 0, { error: "DATA_INVALID: no such text.", cells: {} });
    await mkdir(layout.logs, { recursive: true });
    await writeFile(logFile(layout, submission, "0+1"), "started\nKilled\n");
    const failures = await drive();
    expect(failures.get(0)).toBe("DATA_INVALID: no such text.");
    expect(failures.get(1)).toBe("it ended without a result; it printed last:\nstarted\nKilled");
  });
});
