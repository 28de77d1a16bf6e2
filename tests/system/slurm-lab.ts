import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Ended, spikebench } from "../cli/spikebench.ts";
import { filesBelow, type Lab, openLab } from "../pipeline/workspace.ts";
import type { SlurmCluster } from "./slurm-cluster.ts";

/** 15 texts to encode by 5, two searches, one merged retriever. */
export const TASKS = 3 + 2 + 1;
const RUN = ["run", "experiment.yaml", "--data", "library=data", "--out", "out"];
const LIMIT_MS = 200_000;

export type SlurmLab = Lab & {
  /** Runs the experiment on the cluster. */
  run(flags?: readonly string[], watch?: Parameters<typeof spikebench>[1]["watch"]): Promise<Ended>;
  /** `spikebench task`, of the lab's manifest. */
  task(command: string, flags?: readonly string[]): Promise<Ended>;
  manifest(): Promise<string>;
};

/** @param setup lines of the script before a task */
export async function openSlurmLab(
  folder: string,
  cluster: SlurmCluster,
  setup: readonly string[] = [],
): Promise<SlurmLab> {
  await mkdir(folder, { recursive: true });
  const lab = await openLab(folder);
  await writeFile(join(folder, "slurm.yaml"), JSON.stringify({ pollSeconds: 0.3, setup }));
  const surroundings = { cwd: folder, env: { ...cluster.env, HIDDEN: "s3cret" }, limit: LIMIT_MS };
  const flags = ["--executor", "slurm", "--slurm", "slurm.yaml", "--texts-per-task", "5", "--cells-per-task", "1"];
  async function manifest(): Promise<string> {
    const names = [...(await filesBelow(join(folder, "out"))).keys()];
    const found = names.filter((name) => name.endsWith("/manifest.json") && name.includes("/tasks/"));
    expect(found).toHaveLength(1);
    return join(folder, "out", found[0] ?? "");
  }
  return {
    ...lab,
    manifest,
    run: (more = [], watch) =>
      spikebench([...RUN, ...flags, ...more], watch === undefined ? surroundings : { ...surroundings, watch }),
    task: async (command, more = []) =>
      spikebench(["task", command, "--manifest", await manifest(), ...more], surroundings),
  };
}

/** The same experiment in one process. */
export async function runHere(folder: string, flags: readonly string[] = []): Promise<Ended> {
  return await spikebench([...RUN, ...flags], { cwd: folder });
}

/** Results and reports, without what only a divided run has. */
export async function resultsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(join(folder, "out"));
  return new Map([...files].filter(([name]) => !name.includes("/tasks/")));
}

/** Every cell once in the report, results as they are in one process, nothing half-written, no attempts left. */
export async function expectSame(lab: Lab, expected: ReadonlyMap<string, string>): Promise<void> {
  expect(await resultsOf(lab.folder)).toEqual(expected);
  const { cells } = JSON.parse(await readFile(join(lab.folder, "out/runs/small/result.json"), "utf8")) as {
    cells: readonly { system: string; status: string }[];
  };
  expect(new Set(cells.map(({ system }) => system)).size).toBe(12);
  expect(cells.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => "done"));
  const left = [...(await filesBelow(join(lab.folder, "out"))).keys()];
  expect(left.filter((name) => name.endsWith(".tmp") || name.includes("/submissions/"))).toEqual([]);
}

/** Waits until something is there. */
export async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let waited = 0; waited < LIMIT_MS; waited += 100) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error("what was waited for did not come");
}

/** Waits for tasks in Slurm's queue that are in a state, and gives their nodes. */
export async function nodesOf(cluster: SlurmCluster, state: string): Promise<readonly string[]> {
  return await until(async () => {
    const text = await cluster.command("squeue", ["-h", "-r", "-t", state, "-o", "%N"]).catch(() => "");
    const nodes = text.split("\n").filter((line) => line !== "");
    return nodes.length > 0 ? nodes : undefined;
  });
}

/** Logs of attempts: one for each time that a task was started. */
export async function logsOf(path: string): Promise<readonly string[]> {
  return [...(await filesBelow(join(path, "out"))).keys()].filter((name) => name.endsWith(".log"));
}
