import type { ExperimentRun } from "../pipeline/run/run-experiment.ts";
import { type DistributedOptions, detachRun, runDistributed } from "../pipeline/tasks/run-distributed.ts";
import type { Workspace } from "../pipeline/workspace.ts";
import { localExecutor } from "../tasks/local-executor.ts";
import { slurmExecutor } from "../tasks/slurm-executor.ts";
import { readSlurmOptions } from "../tasks/slurm-options.ts";
import type { TaskFlags } from "./flags.ts";
import { queueOf } from "./slurm-surroundings.ts";
import { positiveFlag, type WorkspaceFlags } from "./surroundings.ts";
import { readDivision, taskCommandLine } from "./task-surroundings.ts";

type Flags = WorkspaceFlags &
  TaskFlags & {
    readonly file: string;
    readonly jobs: string;
    readonly allowMixed: boolean;
    readonly generate: boolean;
    readonly costs: boolean;
  };

/**
 * A run in tasks, as the flags have it.
 *
 * @returns undefined when its tasks were only handed over
 * @throws {HarnessError} `USAGE`, and as `runDistributed`
 */
export async function runByTasks(flags: Flags, workspace: Workspace): Promise<ExperimentRun | undefined> {
  const options = flags.executor === "slurm" ? await slurmOptions(flags, workspace) : localOptions(flags, workspace);
  if (!flags.detach) return await runDistributed(flags.file, workspace, options);
  const { manifest, tasks } = await detachRun(flags.file, workspace, options);
  workspace.say(
    tasks === 0 ? "tasks of this run are under way already, or none is left." : `${tasks} tasks handed over.`,
  );
  workspace.say(`See \`spikebench task status --manifest ${manifest}\`; the same command without --detach waits.`);
  return undefined;
}

function localOptions(flags: Flags, { signal }: Workspace): DistributedOptions {
  const { allowMixed, generate, costs, attempts = "1" } = flags;
  const jobs = positiveFlag("--jobs", flags.jobs);
  return {
    ...{ allowMixed, generate, costs, leavesSecrets: false },
    division: readDivision(flags, { cellsPerTask: 1, processes: jobs }),
    attempts: positiveFlag("--attempts", attempts),
    executor: ({ files }) => localExecutor({ layout: files, command: taskCommandLine(), jobs, signal }),
  };
}

async function slurmOptions(flags: Flags, { say, signal }: Workspace): Promise<DistributedOptions> {
  const { allowMixed, generate, costs, attempts } = flags;
  const options = await readSlurmOptions(flags.slurm);
  return {
    ...{ allowMixed, generate, costs, leavesSecrets: true },
    division: readDivision(flags, { cellsPerTask: 64, processes: undefined }),
    attempts: attempts === undefined ? options.attempts : positiveFlag("--attempts", attempts),
    executor({ manifest, files, secrets }) {
      const queue = queueOf(manifest, { hidden: [...secrets.keys()] });
      signal?.addEventListener("abort", () => {
        say(`the jobs go on as ${queue.job}: the same command waits for them again,`);
        say(`\`spikebench task cancel --manifest ${files.manifest}\` ends them.`);
      });
      return slurmExecutor({ queue, layout: files, options, command: taskCommandLine(), say, signal });
    },
  };
}
