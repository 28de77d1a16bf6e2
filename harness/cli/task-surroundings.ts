import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { HarnessError } from "../errors.ts";
import type { TaskDivision } from "../pipeline/tasks/plan-tasks.ts";
import type { Workspace } from "../pipeline/workspace.ts";
import type { TaskWorkspace } from "../tasks/task-manifest.ts";
import { readSecrets } from "../tasks/task-secrets.ts";
import type { DivisionFlags } from "./flags.ts";
import { openWorkspace, positiveFlag, wholeFlag } from "./surroundings.ts";

type DivisionDefaults = {
  readonly cellsPerTask: number;
  /** Processes that share this machine; undefined where tasks run on others. */
  readonly processes: number | undefined;
};

/** How the flags have a run divided. @throws {HarnessError} `USAGE` */
export function readDivision(
  flags: DivisionFlags & { readonly threads?: string | undefined; readonly maxRam?: string | undefined },
  { cellsPerTask, processes }: DivisionDefaults,
): TaskDivision {
  const { cellsPerTask: cells, textsPerTask: texts, documentsPerTask: documents, queriesPerTask: queries } = flags;
  const { threads, maxRam } = flags;
  const share =
    processes === undefined ? undefined : String(Math.max(1, Math.floor(availableParallelism() / processes)));
  return {
    cellsPerTask: cells === undefined ? cellsPerTask : positiveFlag("--cells-per-task", cells),
    textsPerTask: texts === undefined ? undefined : sizeFlag("--texts-per-task", texts),
    documentsPerTask: documents === undefined ? undefined : sizeFlag("--documents-per-task", documents),
    queriesPerTask: queries === undefined ? undefined : positiveFlag("--queries-per-task", queries),
    threads: threads ?? share,
    maxRam,
  };
}

/** More than `positiveFlag` takes: corpora have millions of texts. */
function sizeFlag(name: string, text: string): number {
  const size = wholeFlag(name, text);
  return size > 0 ? size : positiveFlag(name, text);
}

/** Starts this program anew, to do a task. */
export function taskCommandLine(): readonly string[] {
  const [, main = ""] = process.argv;
  return [process.execPath, ...process.execArgv, resolve(main), "task", "run"];
}

/** The number of a task: what the flag says, else what Slurm does; both are counted from `--offset`. */
export function taskNumber(task: string | undefined, offset: string): number {
  const { SLURM_ARRAY_TASK_ID: array } = process.env;
  if (task !== undefined) return wholeFlag("--task", task) + wholeFlag("--offset", offset);
  if (array) return wholeFlag("SLURM_ARRAY_TASK_ID", array) + wholeFlag("--offset", offset);
  throw new HarnessError("USAGE", "expected `--task N`, or SLURM_ARRAY_TASK_ID as Slurm sets it in an array job.");
}

/**
 * The workspace of a task: what the manifest says, and this machine's threads, terminal and signals.
 *
 * @param manifest its path; keys of servers may lie in a file beside it, and go before those of the environment
 */
export async function taskWorkspace(own: TaskWorkspace, manifest: string): Promise<Workspace> {
  const { out, strict, maxRam, threads } = own;
  const { SLURM_CPUS_PER_TASK: cpus } = process.env;
  const keys = await readSecrets(manifest);
  const opened = openWorkspace({
    ...{ out, data: [], strict, threads: threads ?? (cpus || undefined), maxRam: maxRam ?? undefined },
  });
  return {
    ...opened,
    cache: own.cache,
    cardFolders: own.cardFolders,
    data: new Map(Object.entries(own.data)),
    hub: { ...opened.hub, cacheFolder: own.hubCache },
    secret: (name) => keys.get(name) ?? opened.secret?.(name),
  };
}
