import { mkdir } from "node:fs/promises";
import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import type { TaskLayout } from "../storage/layout.ts";
import { splitArrays, type TaskArray } from "./array-spec.ts";
import type { Executor } from "./drive-tasks.ts";
import { resourceArguments, type SlurmOptions, stageResources } from "./slurm-options.ts";
import { type ArrayJob, describeQueue, type QueueView, type SlurmQueue } from "./slurm-queue.ts";
import { logFile, type Submission } from "./task-records.ts";

export type SlurmParts = {
  readonly queue: SlurmQueue;
  readonly layout: TaskLayout;
  readonly options: SlurmOptions;
  /** Program and arguments of a task; the manifest comes behind. */
  readonly command: readonly string[];
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Runs tasks as array jobs; they go on when this process ends, and another one finds them by their name. */
export function slurmExecutor(parts: SlurmParts): Executor {
  const { queue, layout, options, say, signal } = parts;
  let size: number | undefined;

  async function submitArray(job: ArrayJob): Promise<readonly string[]> {
    for (;;) {
      const asked = await queue.submit(job);
      if (asked.status === "answered") return [asked.stdout.trim().split(";")[0] ?? ""];
      say(`sbatch: ${asked.why}; waiting.`);
      // what may have arrived is looked for in the queue, and started again if it is not there
      if (asked.sent) return [];
      await pause(options, signal);
    }
  }

  return {
    async submit(submission, stage, after) {
      await writeFileAtomic(layout.script, `${["#!/bin/bash", ...options.setup, 'exec "$@"'].join("\n")}\n`);
      await mkdir(layout.logs, { recursive: true });
      size ??= await queue.arraySize();
      const asked = stageResources(options, stage.name);
      const ids: string[] = [];
      for (const array of splitArrays(submission.tasks, size)) {
        const own = [...placement(layout, submission, array), ...dependency(after), ...resourceArguments(asked)];
        const script = [layout.script, ...parts.command, "--manifest", layout.manifest];
        ids.push(...(await submitArray({ array, maxParallel: asked.maxParallel, options: own, script })));
      }
      return ids;
    },
    async finish() {
      if ((await queue.look())?.tasks !== 0) await queue.cancel();
    },
    // no answer says nothing of the jobs
    isBusy: async () => (await queue.look())?.tasks !== 0,
    async idle(watch) {
      const tell = sayChanges(say);
      for (;;) {
        signal?.throwIfAborted();
        const view = await queue.look();
        if ((await watch()) || view?.tasks === 0) return;
        tell(view === undefined ? "Slurm does not answer; waiting." : `${queue.job}: ${describeQueue(view)}.`);
        await endStuck(parts, view);
        await pause(options, signal);
      }
    },
  };
}

/** Says a line only when it differs from the one before. */
function sayChanges(say: (line: string) => void): (line: string) => void {
  let last = "";
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
}

/** Jobs that Slurm will not launch are as good as gone, and what they were to make is started again. */
async function endStuck({ queue, say }: SlurmParts, view: QueueView | undefined): Promise<void> {
  if (view === undefined || view.stuck.length === 0) return;
  say(`Slurm failed to launch ${view.stuck.length} tasks and holds them; they are ended.`);
  say("Where it is a node's fault, leave it out: `extra: [--exclude=NODE]`.");
  await queue.cancel(view.stuck);
}

/** Names relative to the folder: a `%` in its path would mean something to Slurm. */
function placement(layout: TaskLayout, submission: Submission, { offset }: TaskArray): readonly string[] {
  const log = relative(layout.folder, logFile(layout, submission, `${offset}+%a`));
  return [`--chdir=${layout.folder}`, `--output=${log}`];
}

function dependency(after: readonly string[]): readonly string[] {
  return after.length === 0 ? [] : [`--dependency=afterok:${after.join(":")}`, "--kill-on-invalid-dep=yes"];
}

async function pause({ pollSeconds }: SlurmOptions, signal: AbortSignal | undefined): Promise<void> {
  await sleep(pollSeconds * 1_000, undefined, { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
