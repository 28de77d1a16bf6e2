import { stagesOf } from "../../tasks/task-manifest.ts";
import type { Workspace } from "../workspace.ts";
import { withTasks } from "./open-tasks.ts";
import type { TaskDivision } from "./plan-tasks.ts";

export type DescribedTasks = {
  /** Absolute path. */
  readonly manifest: string;
  /** In the order in which they have to be run; the tasks of one may run at the same time. `last` is included. */
  readonly stages: readonly { readonly name: string; readonly first: number; readonly last: number }[];
};

/** Writes the manifest of a run. @throws {HarnessError} as a run before its first cell */
export async function describeTasks(
  file: string,
  workspace: Workspace,
  division: TaskDivision,
): Promise<DescribedTasks> {
  return await withTasks(file, workspace, { division }, ({ manifest, files }) =>
    Promise.resolve({
      manifest: files.manifest,
      stages: stagesOf(manifest).map(({ name, first, end }) => ({ name, first, last: end - 1 })),
    }),
  );
}
