import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { writeReports } from "../../harness/pipeline/reports/write-reports.ts";
import { type RunOptions, runExperiment } from "../../harness/pipeline/run/run-experiment.ts";
import type { Workspace } from "../../harness/pipeline/workspace.ts";
import { hubSettings } from "../../harness/remote/hub-settings.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { type BeirFiles, writeBeirFolder } from "../datasets/beir-folder.ts";
import { expectValidResult } from "../result-schema.ts";

/** Six documents: `d4` has no scenario, `d5` only a noise one, and `q3` is the id of a query too. */
export const LIBRARY = {
  corpus: [
    { _id: "d1", title: "Osmosis", text: "Water moves through a membrane towards salt." },
    { _id: "d2", title: "", text: "Prices rise when supply falls and demand stays." },
    { _id: "d3", text: "A mutex guards shared state; two threads never hold it at once." },
    { _id: "d4", title: "Salt", text: "Salt lowers the freezing point of water." },
    { _id: "d5", text: "Click here to subscribe to our water newsletter." },
    { _id: "q3", text: "Why do threads wait for a mutex? Because state is shared." },
  ],
  queries: [
    { _id: "q1", text: "Why does a membrane let water pass?" },
    { _id: "q2", text: "Why do prices rise?", excluded_ids: ["d4"] },
    { _id: "q3", text: "Why do threads wait for a mutex?" },
  ],
  qrels: [
    ["q1", "d1", 2],
    ["q1", "d4", 1],
    ["q2", "d2", 1],
    ["q3", "d3", 1],
  ],
} as const satisfies BeirFiles;

export const SCENARIOS: readonly object[] = [
  { _id: "d1", text: "A plant cell swells in fresh water." },
  { _id: "d1", text: "Why do raisins grow in a bowl of water?" },
  { _id: "d2", text: "Bread costs more after a bad harvest." },
  { _id: "d3", text: "Two threads update one counter and lose a count." },
  { _id: "d5", text: "This is advertising for water.", noise: true },
  { _id: "q3", text: "A thread sleeps until the lock is free." },
  { _id: "elsewhere", text: "A scenario of no document here." },
];

/** The run file of most tests: three systems, one of them merged, with scenarios at three alphas. */
export const EXPERIMENT = `version: 1
name: small
retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 16}}
  both: {kind: rrf, of: [bm25, hashed]}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix:
  retriever: [bm25, hashed, both]
  dataset: [library]
  scenarios: [rewrites]
  alpha: [0, 0.5, 1]
comparison: {alpha: 0.5}
measures: [nDCG@10, R@100, RR@10]
`;

export type Lab = {
  readonly folder: string;
  readonly file: string;
  readonly workspace: Workspace;
  /** What was said to the person at the terminal. */
  readonly said: readonly string[];
};

type LabFiles = {
  readonly experiment?: string;
  readonly dataset?: BeirFiles;
  readonly scenarios?: readonly object[];
  readonly workspace?: Partial<Workspace>;
};

/** A folder with data, a run file and a workspace whose outputs and cache lie in it. */
export async function openLab(folder: string, files: LabFiles = {}): Promise<Lab> {
  const { experiment = EXPERIMENT, dataset = LIBRARY, scenarios = SCENARIOS } = files;
  const data = await writeBeirFolder(join(folder, "data"), dataset);
  const said: string[] = [];
  const file = join(folder, "experiment.yaml");
  await writeFile(file, experiment);
  await writeFile(join(folder, "scenarios.jsonl"), scenarios.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const workspace: Workspace = {
    version: "1.2.3",
    out: join(folder, "out"),
    cache: join(folder, "cache"),
    hub: hubSettings({ HF_HOME: join(folder, "hub"), HF_HUB_OFFLINE: "1" }, folder),
    cardFolders: [],
    data: new Map([["library", data]]),
    strict: false,
    progress: silentProgress,
    compute: { threads: 2, maxBytes: 2 ** 28 },
    clock: () => 0,
    say: (line) => said.push(line),
    ...files.workspace,
  };
  return { folder, file, workspace, said };
}

/** Runs the lab's experiment and writes its reports, as `spikebench run` does. */
export async function runLab({ file, workspace }: Lab, options: Partial<RunOptions> = {}) {
  const run = await runExperiment(file, workspace, {
    jobs: 1,
    keepGoing: false,
    allowMixed: false,
    generate: false,
    ...options,
  });
  const reports = await writeReports(run, "json", workspace);
  expectValidResult(await readFile(run.layout.resultFile, "utf8"));
  const { cells } = JSON.parse(reports.printed) as { cells: readonly PrintedCell[] };
  return { run, work: run.work, reports, cells };
}

type PrintedCell = {
  readonly retriever: string;
  readonly system: string;
  readonly alpha: number | null;
  readonly status: string;
  readonly error: string | null;
  readonly values: Readonly<Record<string, number>>;
  readonly run: string | null;
};

/** What `spikebench plan` says of each system. */
export async function forecastsOf({ file, workspace }: Lab): Promise<Readonly<Record<string, string>>> {
  const { cells } = await inspectPlan(file, workspace);
  return Object.fromEntries(cells.map(({ system, forecast }) => [system, forecast]));
}

/** Bytes of every file below a folder by its path there; nothing where there is no folder. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = paths.sort().map(async (path) => {
    return [path.slice(folder.length + 1), (await readFile(path)).toString("base64")] as const;
  });
  return new Map(await Promise.all(pairs));
}

/** Time of the last change of every file that belongs to a cell. */
export async function cellTimes(lab: Lab): Promise<ReadonlyMap<string, number>> {
  const root = join(lab.workspace.out, "runs");
  const names = [...(await filesBelow(root)).keys()].filter((name) => name.includes("@"));
  return new Map(await Promise.all(names.map(async (name) => [name, (await stat(join(root, name))).mtimeMs] as const)));
}

/** Path of a file of a cell. */
export function cellFile(
  lab: Lab,
  system: string,
  name: "run.trec.gz" | "channels.parquet" | "values.jsonl" | "manifest.json",
): string {
  return join(lab.workspace.out, "runs", "small", `library@${system}`, name);
}

/** Lines of a gzipped run file with their fields, the tag left out: what two equal systems have in common. */
export async function runLines(path: string | null): Promise<readonly (readonly string[])[]> {
  expect(path).not.toBeNull();
  const text = gunzipSync(await readFile(path ?? "")).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ").slice(0, 5));
}

/** Replaces text in a file of the lab, which must hold it. */
export async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text.replace(from, to));
}
