import type { Run } from "../../domain/run.ts";
import { HarnessError } from "../../errors.ts";
import { createRankingFuser } from "../../fuse/registry.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { breathe } from "../../runtime/clock.ts";
import type { DatasetMaterial } from "../materials.ts";
import type { CellWork } from "./cell-work.ts";
import { openRunWriters, readCellRun } from "./run-writers.ts";

export type MergeContext = {
  readonly plan: ExperimentPlan;
  readonly material: DatasetMaterial;
  /** Run files of the members' cells at the same place of the matrix, in the order of the members. */
  readonly memberRuns: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

/** Makes the run file of a cell whose retriever merges the rankings of others, from their run files as written. */
export async function mergeRankings(
  work: CellWork,
  { plan, material, memberRuns, signal }: MergeContext,
): Promise<void> {
  const { cell } = work;
  const retriever = plan.retrievers.get(cell.axes.retriever);
  if (retriever === undefined || retriever.scores) {
    throw new HarnessError("UNKNOWN_COMPONENT", `\`${cell.axes.retriever}\` merges no rankings.`);
  }
  const fuser = createRankingFuser(retriever.fuser);
  const runs: Run[] = [];
  for (const path of memberRuns) runs.push(await readCellRun(path, plan));
  const writers = await openRunWriters([work], { ids: plan.ids, fuses: () => false });
  try {
    for (const { id } of material.dataset.queries) {
      signal?.throwIfAborted();
      const fused = fuser.fuse(runs.map((run) => run.get(id) ?? []));
      await writers.write(id, { cell, fused: false, ranking: fused.slice(0, plan.hits) });
      await breathe();
    }
    await writers.commit();
  } catch (error) {
    await writers.abort();
    throw error;
  }
}
