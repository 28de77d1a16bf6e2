import { type DistributedOptions, runDistributed } from "../pipeline/run-distributed.ts";
import type { ExperimentRun } from "../pipeline/run-experiment.ts";
import type { Workspace } from "../pipeline/workspace.ts";
import { localExecutor } from "../tasks/local-executor.ts";
import type { TaskFlags } from "./flags.ts";
import { positiveFlag, type WorkspaceFlags } from "./surroundings.ts";
import { readDivision, taskCommandLine } from "./task-surroundings.ts";

type Flags = WorkspaceFlags &
  TaskFlags & {
    readonly file: string;
    readonly jobs: string;
    readonly allowMixed: boolean;
    readonly generate: boolean;
  };

/** A run in tasks, as the flags have it. @throws {HarnessError} `USAGE`, and as `runDistributed` */
export async function runByTasks(flags: Flags, workspace: Workspace): Promise<ExperimentRun> {
  return await runDistributed(flags.file, workspace, localOptions(flags, workspace));
}

function localOptions(flags: Flags, { signal }: Workspace): DistributedOptions {
  const { allowMixed, generate, attempts } = flags;
  const jobs = positiveFlag("--jobs", flags.jobs);
  return {
    ...{ allowMixed, generate },
    division: readDivision(flags, { cellsPerTask: 1, processes: jobs }),
    attempts: attempts === undefined ? 1 : positiveFlag("--attempts", attempts),
    executor: ({ files }) => localExecutor({ layout: files, command: taskCommandLine(), jobs, signal }),
  };
}
