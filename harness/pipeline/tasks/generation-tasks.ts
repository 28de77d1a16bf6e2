import { dirname, resolve } from "node:path";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { estimateLine } from "../../report/generation.ts";
import { createScenarioSource } from "../../scenarios/registry.ts";
import { hashJson } from "../../storage/content-hash.ts";
import type { Task } from "../../tasks/task-manifest.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { scenarioServices } from "../generation/generate-scenarios.ts";
import { generationsOf } from "../generation/read-scenarios.ts";
import { loadPlan } from "../load-plan.ts";
import type { DatasetMaterial } from "../materials.ts";
import type { Workspace } from "../workspace.ts";
import { cutSpan } from "./cut-ranges.ts";
import { keepManifest, secretsOf, taskWorkspace, type WrittenTasks } from "./open-tasks.ts";
import type { TaskDivision } from "./plan-tasks.ts";

const SCHEMA = 1;
/** Documents of a task unless told. */
const DOCUMENTS = 512;

/** Whether a run has scenario sets that one process has to ask for, or expansions of queries, which are few. */
export async function hasWholeGenerations(file: string, workspace: Workspace): Promise<boolean> {
  const plan = await loadPlan(file, workspace.cardFolders);
  if ([...plan.querySets.values()].some(({ expansion }) => expansion !== undefined)) return true;
  const fragments = [...plan.scenarioSets.values()];
  return fragments.some((fragment) => {
    const { generation } = createScenarioSource(fragment, scenarioServices(workspace));
    return generation?.divisible === false;
  });
}

/**
 * Divides the documents of scenario sets that are not generated yet among tasks, and writes their manifest.
 *
 * @returns undefined when nothing has to be asked
 */
export async function openGenerationTasks(
  file: string,
  workspace: Workspace,
  division: TaskDivision,
): Promise<WrittenTasks | undefined> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace, { partial: true });
  const { textsPerTask = DOCUMENTS } = division;
  const tasks: Task[] = [];
  const corpora: string[] = [];
  for (const material of materials.datasets.values()) {
    const own = await missingOf(material, plan, { file, workspace, textsPerTask });
    tasks.push(...own);
    if (own.length > 0) corpora.push(material.dataset.corpus.contentHash);
  }
  if (tasks.length === 0) return undefined;
  const shared = { name: plan.name, runFile: resolve(file), workspace: taskWorkspace(workspace, division) };
  // a fragment came out of YAML, so it holds nothing that JSON does not
  const sets: object[] = [...plan.scenarioSets.values()];
  const id = hashJson({ schema: SCHEMA, ...shared, corpora, sets: JSON.stringify(sets), textsPerTask });
  const head = { schemaVersion: 1, ...shared, id, cells: {} } as const;
  const written = await keepManifest(head, () => Promise.resolve(tasks));
  return { ...written, secrets: secretsOf(plan, workspace) };
}

type Missing = { readonly file: string; readonly workspace: Workspace; readonly textsPerTask: number };

async function missingOf(
  material: DatasetMaterial,
  plan: ExperimentPlan,
  { file, workspace, textsPerTask }: Missing,
): Promise<readonly Task[]> {
  const { id: dataset, corpus } = material.dataset;
  const tasks: Task[] = [];
  const generations = generationsOf(plan, material, { folder: dirname(file), workspace });
  for (const { name, estimate, request } of generations.filter(({ divisible }) => divisible)) {
    const expected = await estimate(request);
    if (expected.toAsk === 0) continue;
    workspace.say(`scenarios ${name} for ${dataset}: ${estimateLine(expected)}`);
    for (const documents of cutSpan(corpus.count, textsPerTask)) {
      tasks.push({ stage: "generate", dataset, scenarios: name, documents, needs: [] });
    }
  }
  return tasks;
}
