import { HarnessError } from "../../errors.ts";
import { plural } from "../../report/figure-text.ts";
import { type Task, taskOf } from "../../tasks/task-manifest.ts";
import { readDone, type TaskDone } from "../../tasks/task-records.ts";
import { datasetOf } from "../materials.ts";
import { cellKeys } from "../run/cell-keys.ts";
import { runCells, type SearchedElsewhere } from "../run/run-experiment.ts";
import { type FoundPart, mergeParts } from "./merge-parts.ts";
import { memberIds } from "./plan-tasks.ts";
import { changed, type TaskSession } from "./task-session.ts";

/** Cells of a task that failed, others may be finished. */
export class FailedCells extends HarnessError {
  readonly cells: Readonly<Record<string, string>>;

  constructor(cells: Readonly<Record<string, string>>) {
    const [first = ""] = Object.values(cells);
    super("CELLS_FAILED", `${plural(Object.keys(cells).length, "cell")} failed: ${first}`);
    this.cells = cells;
  }
}

/**
 * Makes cells that are not finished, from what searching tasks have found where there is something.
 *
 * @throws {HarnessError} `FailedCells`; `DATA_INVALID` when the manifest was written for other data
 */
export async function makeCells(
  { cells: ids, needs }: Extract<Task, { stage: "cells" }>,
  session: TaskSession,
): Promise<TaskDone> {
  const { plan, materials, workspace, opened } = session;
  const keys = session.manifest.cells;
  const wanted = new Set(ids);
  const own = plan.cells.filter(({ id }) => wanted.has(id));
  for (const cell of own) {
    const { values } = await cellKeys(cell, { plan, materials, openRetriever: opened.openRetriever });
    if (values !== keys[cell.id]) throw changed(`cell \`${cell.id}\``);
  }
  // those whose rankings they merge are finished, and are only looked at
  for (const cell of own) for (const id of memberIds(cell, plan)) wanted.add(id);
  const cells = plan.cells.filter(({ id }) => wanted.has(id));
  const options = { jobs: 1, keepGoing: true, allowMixed: true, generate: false };
  const elsewhere = await foundElsewhere(needs, session);
  const file = session.manifest.runFile;
  const run = await runCells({ file, plan: { ...plan, cells }, materials, workspace, options, elsewhere }, opened);
  const failed = [...run.outcomes].flatMap(([id, outcome]) =>
    outcome.status === "failed" ? [[id, outcome.error] as const] : [],
  );
  if (failed.length > 0) throw new FailedCells(Object.fromEntries(failed));
  return { encoded: run.work.encoded, encoding: [...run.encoding] };
}

/** What the tasks that these cells need have found in parts of a corpus. */
async function foundElsewhere(
  needs: readonly number[],
  { manifest, files, materials }: Pick<TaskSession, "manifest" | "files" | "materials">,
): Promise<SearchedElsewhere> {
  const searched: (Extract<Task, { stage: "search" }> & { readonly part: FoundPart })[] = [];
  for (const number of needs) {
    const task = taskOf(manifest, number);
    if (task.stage !== "search") continue;
    const { truncated = [] } = (await readDone(files, number)) ?? {};
    const { documents, asked } = task;
    searched.push({ ...task, part: { documents, asked, truncated, path: (place) => files.answers(number, place) } });
  }
  return ({ retriever, dataset, queries }) => {
    const own = searched.filter(
      (task) => task.retriever === retriever && task.dataset === dataset && task.queries === queries,
    );
    const material = datasetOf(dataset, materials);
    const parts = own.map(({ part }) => part);
    return own.length === 0 ? undefined : (pass, questions) => mergeParts(parts, { pass, questions, material });
  };
}
