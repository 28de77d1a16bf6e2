import { dirname } from "node:path";
import { boundedMap } from "../../runtime/bounded-map.ts";
import { experimentLayout, taskLayout } from "../../storage/layout.ts";
import { stagesOf, type TaskManifest } from "../../tasks/task-manifest.ts";
import { countAttempts, readError } from "../../tasks/task-records.ts";
import { isTaskDone } from "./run-task.ts";

export type TaskStatus = {
  readonly name: string;
  readonly stages: readonly { readonly name: string; readonly tasks: number; readonly done: number }[];
  /** Tasks without results that have failed at least once; attempts of those who drive them now. */
  readonly failed: readonly { readonly task: number; readonly attempts: number; readonly error: string }[];
};

const LOOKS_AT_ONCE = 8;

/** How far the tasks of a manifest are, from their results. @param path of the manifest */
export async function taskStatus(manifest: TaskManifest, path: string): Promise<TaskStatus> {
  const files = taskLayout(dirname(path));
  const layout = experimentLayout(manifest.workspace.out, manifest.name);
  const numbers = [...manifest.tasks.keys()];
  const done = await boundedMap(numbers, LOOKS_AT_ONCE, (task) => isTaskDone(task, { manifest, files, layout }));
  const attempts = await countAttempts(files);
  const failed: TaskStatus["failed"][number][] = [];
  for (const task of numbers) {
    const error = done[task] === true ? undefined : await readError(files, task);
    if (error !== undefined) failed.push({ task, attempts: attempts.get(task) ?? 0, error: error.error });
  }
  return {
    name: manifest.name,
    stages: stagesOf(manifest).map(({ name, first, end }) => ({
      ...{ name, tasks: end - first },
      done: done.slice(first, end).filter(Boolean).length,
    })),
    failed,
  };
}
