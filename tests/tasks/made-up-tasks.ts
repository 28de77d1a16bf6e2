import type { Task, TaskManifest } from "../../harness/tasks/task-manifest.ts";

export function encodeTask(): Task {
  const ranges = [
    { role: "document", set: null, first: 0, end: 4 },
    { role: "scenario", set: "rewrites", first: 0, end: 2 },
  ] as const;
  return { stage: "encode", retriever: "hashed", dataset: "library", ranges: [...ranges], needs: [] };
}

export function cellsTask(cells: readonly string[], needs: readonly number[]): Task {
  return { stage: "cells", dataset: "library", cells: [...cells], needs: [...needs] };
}

export function aManifest(tasks: readonly Task[]): TaskManifest {
  return {
    ...{ schemaVersion: 1, name: "small", id: "0".repeat(64), runFile: "/lab/experiment.yaml", cells: {} },
    workspace: {
      ...{ out: "/lab", cache: "/lab/cache", hubCache: "/lab/hub", cardFolders: [], data: {} },
      ...{ strict: false, threads: null, maxRam: null },
    },
    tasks: [...tasks],
  };
}
