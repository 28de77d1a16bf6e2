import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { boundedMap } from "../runtime/bounded-map.ts";
import type { TaskLayout } from "../storage/layout.ts";
import type { Executor } from "./drive-tasks.ts";
import { logFile } from "./task-records.ts";

export type LocalOptions = {
  readonly layout: TaskLayout;
  /** Program and arguments; the manifest and the number of the task come behind. */
  readonly command: readonly string[];
  /** Processes at once. */
  readonly jobs: number;
  readonly signal?: AbortSignal | undefined;
};

/** Runs every task in a process of its own on this machine. */
export function localExecutor({ layout, command, jobs, signal }: LocalOptions): Executor {
  let running: Promise<unknown> = Promise.resolve();
  let ended: () => Promise<boolean> = () => Promise.resolve(false);
  return {
    submit(submission) {
      running = boundedMap(submission.tasks, jobs, async (task) => {
        signal?.throwIfAborted();
        const args = ["--manifest", layout.manifest, "--task", String(task)];
        await runProcess([...command, ...args], { log: logFile(layout, submission, `0+${task}`), signal });
        await ended();
      });
      // whoever waits sees the failure
      running.catch(() => undefined);
      return Promise.resolve([]);
    },
    finish: () => Promise.resolve(),
    isBusy: () => Promise.resolve(false),
    async idle(watch) {
      ended = watch;
      await running;
      await watch();
    },
  };
}

type Process = { readonly log: string; readonly signal: AbortSignal | undefined };

/** Resolves when the process has ended, however it did; its results tell whether it did its work. */
async function runProcess([program = "", ...args]: readonly string[], { log, signal }: Process): Promise<void> {
  await mkdir(dirname(log), { recursive: true });
  const file = await open(log, "a");
  try {
    const child = spawn(program, args, { stdio: ["ignore", file.fd, file.fd] });
    const stop = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
    signal?.removeEventListener("abort", stop);
  } finally {
    await file.close();
  }
}
