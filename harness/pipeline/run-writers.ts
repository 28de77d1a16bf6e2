import type { QueryId } from "../domain/ids.ts";
import type { Ranking, Run } from "../domain/run.ts";
import type { ExperimentPlan, PlannedCell } from "../plan/plan-types.ts";
import { openText, type TextWriter } from "../storage/atomic-write.ts";
import { formatRunLines, readRun } from "../storage/trec-run.ts";
import type { CellWork } from "./cell-work.ts";

/** Run files of several cells that are written side by side and appear together. */
export type RunWriters = {
  write(cell: PlannedCell, queryId: QueryId, ranking: Ranking): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
};

export async function openRunWriters(work: readonly CellWork[], ids: ExperimentPlan["ids"]): Promise<RunWriters> {
  const open = new Map<string, TextWriter>();
  async function abort(): Promise<void> {
    for (const writer of open.values()) await writer.abort();
  }
  try {
    for (const { cell, layout } of work) open.set(cell.id, await openText(layout.run, { gzip: true }));
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    abort,
    async write(cell, queryId, ranking) {
      await open.get(cell.id)?.write(formatRunLines(queryId, ranking, { tag: cell.system, ids }));
    },
    async commit() {
      for (const writer of open.values()) await writer.commit();
    },
  };
}

/** A cell's run as it was written. */
export async function readCellRun(path: string, { ids }: Pick<ExperimentPlan, "ids">): Promise<Run> {
  return await readRun(path, { ids: ids === "refuse" ? "as-is" : "percent-decode" });
}
