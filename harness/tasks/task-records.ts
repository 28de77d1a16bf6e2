import { randomUUID } from "node:crypto";
import { access, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { readRecord } from "../storage/json-record.ts";
import type { TaskLayout } from "../storage/layout.ts";
import type { TaskManifest } from "./task-manifest.ts";

const servedSchema = z.object({
  requests: z.number(),
  tokens: z.number(),
  unmetered: z.number(),
  usd: z.number().nullable(),
});

const doneSchema = z.object({
  /** Of a search: by pass, texts of which only a part was read. */
  truncated: z.array(z.object({ documents: z.number(), scenarios: z.number(), queries: z.number() })).optional(),
  /** Texts encoded. */
  encoded: z.number(),
  /** What encoders did, as a run on one machine has it. */
  encoding: z.array(
    z.object({
      retriever: z.string(),
      texts: z.number(),
      tokens: z.number(),
      seconds: z.number(),
      served: servedSchema.nullable(),
    }),
  ),
});

/** What a task did. It says that an encoding task is finished; cells say so themselves. */
export type TaskDone = z.output<typeof doneSchema>;

const errorSchema = z.object({
  error: z.string(),
  /** Of those cells that failed by themselves, by cell id. */
  cells: z.record(z.string(), z.string()),
});

/** Why a task failed when it was tried last, as far as it could tell. */
export type TaskError = z.output<typeof errorSchema>;

export async function writeDone(layout: TaskLayout, task: number, done: TaskDone): Promise<void> {
  await writeFileAtomic(layout.done(task), `${JSON.stringify(done)}\n`);
}

export async function readDone(layout: TaskLayout, task: number): Promise<TaskDone | undefined> {
  return await readRecord(layout.done(task), doneSchema);
}

export async function writeError(layout: TaskLayout, task: number, error: TaskError): Promise<void> {
  await writeFileAtomic(layout.error(task), `${JSON.stringify(error, undefined, 2)}\n`);
}

export async function readError(layout: TaskLayout, task: number): Promise<TaskError | undefined> {
  return await readRecord(layout.error(task), errorSchema);
}

const submissionSchema = z.object({
  /** Their numbers; each has a log of its own, named by the submission and the number. */
  tasks: z.array(z.number()),
});

/** Tasks that were handed over together, and what that is called. */
export type Submission = z.output<typeof submissionSchema> & { readonly name: string };

/**
 * Notes that tasks are about to be handed over: attempts are counted on disk, so that they hold when who counts them dies.
 * Two that do so at once write two files.
 */
export async function addSubmission(layout: TaskLayout, tasks: readonly number[]): Promise<Submission> {
  const count = (await submissionNames(layout)).length;
  const name = `${String(count + 1).padStart(4, "0")}-${hostname()}-${process.pid}-${randomUUID().slice(0, 4)}`;
  await writeFileAtomic(submissionFile(layout, name), `${JSON.stringify({ tasks })}\n`);
  return { name, tasks: [...tasks] };
}

/** Takes back what was not handed over after all. */
export async function removeSubmission(layout: TaskLayout, { name }: Submission): Promise<void> {
  await rm(submissionFile(layout, name), { force: true });
}

/** In the order in which they were made. */
export async function readSubmissions(layout: TaskLayout): Promise<readonly Submission[]> {
  const submissions: Submission[] = [];
  for (const name of await submissionNames(layout)) {
    const record = await readRecord(submissionFile(layout, name), submissionSchema);
    if (record !== undefined) submissions.push({ ...record, name });
  }
  return submissions;
}

/** How often each task was handed over. */
export async function countAttempts(layout: TaskLayout): Promise<ReadonlyMap<number, number>> {
  const attempts = new Map<number, number>();
  for (const { tasks } of await readSubmissions(layout)) {
    for (const task of tasks) attempts.set(task, (attempts.get(task) ?? 0) + 1);
  }
  return attempts;
}

/** Where what a task prints goes. @param place `offset+index`: a scheduler counts from an offset, which may be 0 */
export function logFile({ logs }: TaskLayout, { name }: Submission, place: string): string {
  return join(logs, `${name}-${place}.log`);
}

/** The log of a task in one submission; undefined when there is none. */
export async function findLog(layout: TaskLayout, submission: Submission, task: number): Promise<string | undefined> {
  const files = await readdir(layout.logs).catch(() => []);
  const own = files.find((file) => {
    const [, offset, index] = /-(\d+)\+(\d+)\.log$/.exec(file) ?? [];
    return file.startsWith(`${submission.name}-`) && Number(offset) + Number(index) === task;
  });
  return own === undefined ? undefined : join(layout.logs, own);
}

/** Forgets attempts and keys: who starts the tasks after that begins anew. What is done stays. */
export async function endAttempts(layout: TaskLayout): Promise<void> {
  await rm(layout.submissions, { recursive: true, force: true });
  await rm(layout.secrets, { force: true });
}

/** Has all tasks that are known by their records be looked at anew when they are driven again. */
export async function forgetDone({ tasks }: Pick<TaskManifest, "tasks">, layout: TaskLayout): Promise<void> {
  for (const number of tasks.keys()) await rm(layout.done(number), { force: true });
}

/** Removes what searching tasks have found, which is large and of no use once cells are made of it. */
export async function removeFound({ tasks }: Pick<TaskManifest, "tasks">, layout: TaskLayout): Promise<void> {
  for (const [number, { stage }] of tasks.entries()) {
    if (stage === "search") await rm(layout.done(number), { force: true });
  }
  await rm(layout.found, { recursive: true, force: true });
}

/** Tells whoever drives the tasks to stop. */
export async function markCancelled({ cancelled }: TaskLayout): Promise<void> {
  await writeFileAtomic(cancelled, "");
}

export async function isCancelled({ cancelled }: TaskLayout): Promise<boolean> {
  return await access(cancelled).then(
    () => true,
    () => false,
  );
}

export async function clearCancelled({ cancelled }: TaskLayout): Promise<void> {
  await rm(cancelled, { force: true });
}

async function submissionNames({ submissions }: TaskLayout): Promise<readonly string[]> {
  const files = await readdir(submissions).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

function submissionFile({ submissions }: TaskLayout, name: string): string {
  return join(submissions, `${name}.json`);
}
