import { resolve } from "node:path";
import { experimentLayout, type TaskLayout, taskFolder, taskLayout } from "../storage/layout.ts";
import { readManifest, type TaskManifest, type TaskWorkspace, writeManifest } from "../tasks/task-manifest.ts";
import type { KeyContext } from "./cell-keys.ts";
import { loadPlan } from "./load-plan.ts";
import { gatherMaterials } from "./materials.ts";
import { openRetrievers } from "./open-retrievers.ts";
import { planTasks, type TaskDivision } from "./plan-tasks.ts";
import type { Workspace } from "./workspace.ts";

/** A run divided into tasks, its manifest on disk. */
export type OpenTasks = {
  readonly context: KeyContext;
  readonly manifest: TaskManifest;
  readonly files: TaskLayout;
  /** Keys of servers that the run asks for, by the names of their variables. */
  readonly secrets: ReadonlyMap<string, string>;
};

export type TaskChoices = {
  readonly division: TaskDivision;
  /** Ask LLMs for scenarios that are not generated yet, here and before there are tasks. */
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
  const { secrets, secret } = rememberSecrets(workspace);
  const opened = openRetrievers(plan, file, { ...workspace, secret, materials });
  try {
    const context = { plan, materials, openRetriever: opened.openRetriever };
    const shared = { runFile: resolve(file), workspace: taskWorkspace(workspace, division) };
    const { id, cells, tasks } = await planTasks(context, { division, ...shared });
    const files = taskLayout(taskFolder(experimentLayout(workspace.out, plan.name).folder, id));
    const known = await readManifest(files.manifest).catch(() => undefined);
    const manifest: TaskManifest = known ?? {
      ...{ schemaVersion: 1, name: plan.name, id, ...shared, cells },
      tasks: [...(await tasks())],
    };
    if (known === undefined) await writeManifest(files.manifest, manifest);
    return await work({ context, manifest, files, secrets });
  } finally {
    await opened.close();
  }
}

function taskWorkspace(workspace: Workspace, { threads, maxRam }: TaskDivision): TaskWorkspace {
  const { out, cache, hub, cardFolders, data, strict } = workspace;
  return {
    ...{ out, cache, hubCache: hub.cacheFolder, cardFolders: [...cardFolders], strict },
    ...{ threads: threads ?? null, maxRam: maxRam ?? null },
    data: Object.fromEntries(data),
  };
}

function rememberSecrets({ secret }: Pick<Workspace, "secret">) {
  const secrets = new Map<string, string>();
  return {
    secrets,
    secret(name: string): string | undefined {
      const value = secret?.(name);
      if (value !== undefined) secrets.set(name, value);
      return value;
    },
  };
}
