import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { plural } from "../../report/figure-text.ts";
import { type ExperimentLayout, experimentLayout, type TaskLayout, taskLayout } from "../../storage/layout.ts";
import { type TaskManifest, taskOf } from "../../tasks/task-manifest.ts";
import { readDone, type TaskDone, type TaskError, writeDone, writeError } from "../../tasks/task-records.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { loadPlan } from "../load-plan.ts";
import { openRetrievers } from "../open-retrievers.ts";
import { portableError } from "../portable-error.ts";
import { hasValues } from "../run/manifest.ts";
import type { Workspace } from "../workspace.ts";
import { encodeTexts } from "./encode-texts.ts";
import { FailedCells, makeCells } from "./make-cells.ts";
import { searchDocuments } from "./search-documents.ts";
import { writeScenarios } from "./write-scenarios.ts";

export type TaskRequest = {
  readonly manifest: TaskManifest;
  /** Absolute path of the manifest; what the task leaves goes beside it. */
  readonly path: string;
  readonly number: number;
};

/**
 * Does one task of a manifest, unless its results are there. Whatever it leaves is named by content or the task and appears
 * whole, so it may run several times, also at once.
 *
 * @returns what was done, for a person
 * @throws {HarnessError} `CELLS_FAILED` when some of its cells failed, `DATA_INVALID` when the data is not what it was when the
 *   manifest was written, and as a run; why is also written down beside the manifest
 */
export async function runTask({ manifest, path, number }: TaskRequest, workspace: Workspace): Promise<string> {
  const files = taskLayout(dirname(path));
  const layout = experimentLayout(workspace.out, manifest.name);
  if (await isTaskDone(number, { manifest, files, layout })) return `task ${number}: its results are there already.`;
  await rm(files.error(number), { force: true });
  try {
    const done = await doTask(number, { manifest, files, workspace });
    await writeDone(files, number, done);
    return `task ${number}: done; ${plural(done.encoded, "text")} encoded.`;
  } catch (error) {
    await writeError(files, number, errorRecord(error, workspace));
    throw error;
  }
}

type TaskPlaces = { readonly manifest: TaskManifest; readonly files: TaskLayout; readonly layout: ExperimentLayout };

/** Whether the results of a task are there; files of cells are not read through, as whoever reports on them does that. */
export async function isTaskDone(number: number, { manifest, files, layout }: TaskPlaces): Promise<boolean> {
  const task = taskOf(manifest, number);
  if (task.stage !== "cells") return (await readDone(files, number)) !== undefined;
  for (const id of task.cells) {
    if (!(await hasValues(layout.cell(id), manifest.cells[id] ?? ""))) return false;
  }
  return true;
}

function errorRecord(error: unknown, workspace: Workspace): TaskError {
  const cells = error instanceof FailedCells ? { ...error.cells } : {};
  return { error: Object.values(cells)[0] ?? portableError(error, workspace), cells };
}

type Doing = { readonly manifest: TaskManifest; readonly files: TaskLayout; readonly workspace: Workspace };

async function doTask(number: number, { manifest, files, workspace }: Doing): Promise<TaskDone> {
  const task = taskOf(manifest, number);
  const whole = await loadPlan(manifest.runFile, workspace.cardFolders);
  // all cells of the dataset: what a retriever is asked for as a whole is part of its identity
  const plan = { ...whole, cells: whole.cells.filter(({ axes }) => axes.dataset === task.dataset) };
  if (task.stage === "generate") return await writeScenarios(task, { plan, manifest, workspace });
  const materials = await gatherMaterials(plan, manifest.runFile, workspace);
  const opened = openRetrievers(plan, manifest.runFile, { ...workspace, materials });
  try {
    const session = { plan, materials, manifest, files, workspace, opened };
    if (task.stage === "encode") return await encodeTexts(task, session);
    if (task.stage === "search") return await searchDocuments(task, number, session);
    return await makeCells(task, session);
  } finally {
    await opened.close();
  }
}
