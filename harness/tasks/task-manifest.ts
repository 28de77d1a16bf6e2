import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { fileError } from "../storage/file-error.ts";

const whole = z.int().nonnegative();

/** Rows `first` up to, not including, `end` of a collection; `set` names a set of scenarios or queries, null for documents. */
const rangeSchema = z.strictObject({
  role: z.enum(["document", "scenario", "query"]),
  set: z.string().nullable(),
  first: whole,
  end: whole,
});

/** Rows `first` up to, not including, `end`. */
const spanSchema = z.strictObject({ first: whole, end: whole });

const taskSchema = z.discriminatedUnion("stage", [
  z.strictObject({
    stage: z.literal("generate"),
    dataset: z.string(),
    /** The set's name in the run file. */
    scenarios: z.string(),
    documents: spanSchema,
    needs: z.array(whole),
  }),
  z.strictObject({
    stage: z.literal("encode"),
    retriever: z.string(),
    dataset: z.string(),
    ranges: z.array(rangeSchema),
    needs: z.array(whole),
  }),
  z.strictObject({
    stage: z.literal("search"),
    retriever: z.string(),
    dataset: z.string(),
    queries: z.string(),
    /** Documents that are searched with their scenarios, and queries that are asked. */
    documents: spanSchema,
    asked: spanSchema,
    needs: z.array(whole),
  }),
  z.strictObject({ stage: z.literal("cells"), dataset: z.string(), cells: z.array(z.string()), needs: z.array(whole) }),
]);

const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Of the experiment. */
  name: z.string(),
  /** Hash of everything that the results depend on, and of how the work was to be divided. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  /** Absolute path of the run file. */
  runFile: z.string(),
  /** What every task takes from its surroundings, so that it does not matter where it is started. Paths are absolute. */
  workspace: z.strictObject({
    out: z.string(),
    cache: z.string(),
    hubCache: z.string(),
    cardFolders: z.array(z.string()),
    data: z.record(z.string(), z.string()),
    strict: z.boolean(),
    threads: z.string().nullable(),
    maxRam: z.string().nullable(),
  }),
  /** By cell id, the key that its values will have. */
  cells: z.record(z.string(), z.string()),
  /** In an order in which they can be done: a task needs earlier ones only. Its number is its place in the list. */
  tasks: z.array(taskSchema),
});

/** A run divided into tasks, for whatever starts processes. */
export type TaskManifest = z.output<typeof manifestSchema>;
export type Task = TaskManifest["tasks"][number];
export type TextRange = z.output<typeof rangeSchema>;
export type TaskWorkspace = TaskManifest["workspace"];

/** Tasks of one stage follow each other; those of the next begin when all of these have ended. */
export type Stage = { readonly name: Task["stage"]; readonly first: number; readonly end: number };

export async function writeManifest(path: string, manifest: TaskManifest): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file of another kind or version */
export async function readManifest(path: string): Promise<TaskManifest> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const manifest = parse(text);
  if (manifest !== undefined) return manifest;
  throw new HarnessError("DATA_INVALID", "expected a task manifest of this version of spikebench.", {
    where: path,
    hint: "`spikebench task plan FILE` writes one.",
  });
}

function parse(text: string): TaskManifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The task of that number. @throws {HarnessError} `USAGE` */
export function taskOf({ tasks }: TaskManifest, number: number): Task {
  const task = tasks[number];
  if (task !== undefined) return task;
  throw new HarnessError("USAGE", `expected a task from 0 to ${tasks.length - 1}, got ${number}.`);
}

/** Runs of tasks that have their stage in common and need none of each other. */
export function stagesOf({ tasks }: TaskManifest): readonly Stage[] {
  const stages: Stage[] = [];
  for (const [number, task] of tasks.entries()) {
    const last = stages.at(-1);
    const joins = last?.name === task.stage && task.needs.every((need) => need < last.first);
    if (last !== undefined && joins) stages[stages.length - 1] = { ...last, end: number + 1 };
    else stages.push({ name: task.stage, first: number, end: number + 1 });
  }
  return stages;
}

/** What schedulers and people call the tasks of a manifest. */
export function jobName({ name, id }: Pick<TaskManifest, "name" | "id">): string {
  return `${name.replaceAll(/[^\w.-]/g, "_")}-${id.slice(0, 8)}`;
}

function spanText({ first, end }: { readonly first: number; readonly end: number }): string {
  return `${first}-${end}`;
}

/** A task in words. */
export function describeTask(task: Task): string {
  if (task.stage === "cells") return `${task.cells.length} cells of ${task.dataset}`;
  if (task.stage === "generate") {
    return `scenarios ${task.scenarios} of ${task.dataset}: documents ${spanText(task.documents)}`;
  }
  if (task.stage === "search") {
    const { retriever, dataset, documents, asked } = task;
    return `search ${retriever} on ${dataset}: documents ${spanText(documents)}, queries ${spanText(asked)}`;
  }
  const ranges = task.ranges.map(({ role, set, first, end }) => `${set ?? role} ${first}-${end}`);
  return `encode ${task.retriever} on ${task.dataset}: ${ranges.join(", ")}`;
}
