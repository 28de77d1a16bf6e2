import { resolve } from "node:path";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { experimentLayout, type TaskLayout, taskFolder, taskLayout } from "../../storage/layout.ts";
import {
  readManifest,
  type Task,
  type TaskManifest,
  type TaskWorkspace,
  writeManifest,
} from "../../tasks/task-manifest.ts";
import { gatherMaterials } from "../gather-materials.ts";
import { loadPlan } from "../load-plan.ts";
import { openRetrievers } from "../open-retrievers.ts";
import type { KeyContext } from "../run/cell-keys.ts";
import type { Workspace } from "../workspace.ts";
import { planTasks, type TaskDivision } from "./plan-tasks.ts";

/** Tasks whose manifest is on disk. */
export type WrittenTasks = {
  readonly manifest: TaskManifest;
  readonly files: TaskLayout;
  /** Keys of servers that the run asks for, by the names of their variables. */
  readonly secrets: ReadonlyMap<string, string>;
};

/** A run divided into tasks. */
export type OpenTasks = WrittenTasks & { readonly context: KeyContext };

export type TaskChoices = {
  readonly division: TaskDivision;
  /** Ask LLMs here for scenarios that are not generated yet, before there are tasks. */
  readonly generate?: boolean;
};

/**
 * Reads a run file and its data, divides the run, and works with that. A manifest that is there is kept as it is, so that
 * tasks which are under way go on to mean the same.
 *
 * @throws {HarnessError} as a run before its first cell
 */
export async function withTasks<Result>(
  file: string,
  workspace: Workspace,
  { division, generate = false }: TaskChoices,
  work: (tasks: OpenTasks) => Promise<Result>,
): Promise<Result> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const materials = await gatherMaterials(plan, file, workspace, { generate });
  const opened = openRetrievers(plan, file, { ...workspace, materials });
  try {
    const context = { plan, materials, openRetriever: opened.openRetriever };
    const shared = { runFile: resolve(file), workspace: taskWorkspace(workspace, division) };
    const { id, cells, tasks } = await planTasks(context, { division, ...shared });
    const written = await keepManifest({ schemaVersion: 1, name: plan.name, id, ...shared, cells }, tasks);
    return await work({ ...written, context, secrets: secretsOf(plan, workspace) });
  } finally {
    await opened.close();
  }
}

/** The manifest of that id: the one that is there, else a new one, whose tasks are only then worked out. */
export async function keepManifest(
  head: Omit<TaskManifest, "tasks">,
  tasks: () => Promise<readonly Task[]>,
): Promise<Omit<WrittenTasks, "secrets">> {
  const files = taskLayout(taskFolder(experimentLayout(head.workspace.out, head.name).folder, head.id));
  const known = await readManifest(files.manifest).catch(() => undefined);
  if (known !== undefined) return { manifest: known, files };
  const manifest = { ...head, tasks: [...(await tasks())] };
  await writeManifest(files.manifest, manifest);
  return { manifest, files };
}

export function taskWorkspace(workspace: Workspace, { threads, maxRam }: TaskDivision): TaskWorkspace {
  const { out, cache, hub, cardFolders, data, strict } = workspace;
  return {
    ...{ out, cache, hubCache: hub.cacheFolder, cardFolders: [...cardFolders], strict },
    ...{ threads: threads ?? null, maxRam: maxRam ?? null },
    data: Object.fromEntries(data),
  };
}

/** Values of the variables that a run file names as the places of keys. */
export function secretsOf(plan: ExperimentPlan, { secret }: Pick<Workspace, "secret">): ReadonlyMap<string, string> {
  const named = [...new Set(keyVariables(plan))].map((name) => [name, secret?.(name)] as const);
  return new Map(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Whatever asks a server calls the option so. */
function* keyVariables(part: unknown): Generator<string> {
  if (part instanceof Map) return yield* keyVariables([...part.values()]);
  if (typeof part !== "object" || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === "apiKeyEnv" && typeof value === "string") yield value;
    else yield* keyVariables(value);
  }
}
