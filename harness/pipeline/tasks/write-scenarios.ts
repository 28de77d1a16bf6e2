import { dirname } from "node:path";
import { sliceViews } from "../../domain/view.ts";
import { HarnessError } from "../../errors.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import type { Task, TaskManifest } from "../../tasks/task-manifest.ts";
import type { TaskDone } from "../../tasks/task-records.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { generationsOf } from "../generation/read-scenarios.ts";
import { datasetOf } from "../materials.ts";
import type { Workspace } from "../workspace.ts";
import { changed } from "./task-session.ts";

type Writing = { readonly plan: ExperimentPlan; readonly manifest: TaskManifest; readonly workspace: Workspace };

/**
 * Has an LLM write the scenarios of some documents, those that are not written yet; every answer is in a journal of this
 * process's own before it counts.
 *
 * @throws {HarnessError} `REMOTE_UNREACHABLE` when documents are left without an answer, and as `completePrompts`
 */
export async function writeScenarios(
  { dataset, scenarios, documents }: Extract<Task, { stage: "generate" }>,
  { plan, manifest, workspace }: Writing,
): Promise<TaskDone> {
  const materials = await gatherMaterials(plan, manifest.runFile, workspace, { partial: true });
  const place = { folder: dirname(manifest.runFile), workspace };
  const generation = generationsOf(plan, datasetOf(dataset, materials), place).find(({ name }) => name === scenarios);
  if (generation === undefined) throw changed(`scenarios \`${scenarios}\` of \`${dataset}\``);
  const { docIds, corpus } = generation.request;
  const own = {
    ...generation.request,
    docIds: docIds.slice(documents.first, documents.end),
    corpus: sliceViews(corpus, documents),
  };
  const task = workspace.progress.start(`scenarios ${scenarios} for ${dataset}`, own.docIds.length, "documents");
  const totals = await generation
    .generate(own, ({ kept, answered, failed }) => task.update(kept + answered + failed))
    .finally(task.end);
  if (totals.unanswered > 0) {
    throw new HarnessError("REMOTE_UNREACHABLE", `${totals.unanswered} documents are without an answer.`, {
      hint: "What was answered is kept; run the same command again.",
    });
  }
  return { encoded: 0, encoding: [] };
}
