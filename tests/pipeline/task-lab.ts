import { writeReports } from "../../harness/pipeline/reports/write-reports.ts";
import { withTasks } from "../../harness/pipeline/tasks/open-tasks.ts";
import type { TaskDivision } from "../../harness/pipeline/tasks/plan-tasks.ts";
import { runDistributed } from "../../harness/pipeline/tasks/run-distributed.ts";
import { runTask } from "../../harness/pipeline/tasks/run-task.ts";
import { filesBelow, type Lab } from "./workspace.ts";

const DIVISION: TaskDivision = { cellsPerTask: 1, textsPerTask: 4, threads: undefined, maxRam: undefined };

type Distributing = {
  readonly division?: Partial<TaskDivision>;
  readonly attempts?: number;
  readonly generate?: boolean;
};

/** Runs the lab's experiment by tasks, one after the other in this process. */
export async function distribute(
  { file, workspace }: Lab,
  { division = {}, attempts = 1, generate = false }: Distributing = {},
) {
  const started: number[] = [];
  const run = await runDistributed(file, workspace, {
    division: { ...DIVISION, ...division },
    ...{ attempts, generate, allowMixed: false, costs: false, leavesSecrets: false },
    executor: ({ manifest, files }) => ({
      async submit({ tasks }) {
        for (const number of tasks) {
          started.push(number);
          await runTask({ manifest, path: files.manifest, number }, workspace).catch(() => undefined);
        }
        return [];
      },
      finish: () => Promise.resolve(),
      isBusy: () => Promise.resolve(false),
      async idle(watch) {
        await watch();
      },
    }),
  });
  return { run, started, reports: await writeReports(run, "json", workspace) };
}

/** Files below the lab's output without those that only a divided run has. */
export async function results(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(lab.workspace.out);
  return new Map([...files].filter(([name]) => !name.includes("/tasks/")));
}

export async function tasksOf({ file, workspace }: Lab, division: Partial<TaskDivision> = {}) {
  return await withTasks(file, workspace, { division: { ...DIVISION, ...division } }, ({ manifest, files }) =>
    Promise.resolve({ manifest, files }),
  );
}
