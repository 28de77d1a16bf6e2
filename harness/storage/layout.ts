import { join } from "node:path";

/** Where an experiment puts what it produces. Everything that knows a path of ours gets it here. */
export type ExperimentLayout = {
  /** `runs/<name>`: what can be recomputed from, one folder a cell. */
  readonly folder: string;
  readonly resultFile: string;
  /** Texts that the page shows. */
  readonly excerptsFile: string;
  readonly reportFolder: string;
  reportFile(extension: "md" | "tex" | "csv" | "txt"): string;
  /** SPIKE against its base, one record a comparison; and its curve over alpha, one record a point. */
  readonly comparisonsFile: string;
  readonly curvesFile: string;
  /** What the page was made of, and digests of its files. */
  readonly pageRecord: string;
  /** The page, its charts as files of their own, and its query views where they are too large for it. */
  readonly pageFile: string;
  readonly chartFolder: string;
  readonly queryFolder: string;
  cell(id: string): CellLayout;
};

export type CellLayout = {
  readonly folder: string;
  readonly run: string;
  /** What fused scores are made of, one row a hit. */
  readonly channels: string;
  readonly values: string;
  readonly manifest: string;
  /** What others can read of how the run came about. */
  readonly metadata: string;
};

/** @param root the current folder, or what `--out` says */
export function experimentLayout(root: string, name: string): ExperimentLayout {
  const folder = join(root, "runs", name);
  const reportFolder = join(root, "reports", name);
  return {
    folder,
    reportFolder,
    resultFile: join(folder, "result.json"),
    excerptsFile: excerptsFile(folder),
    reportFile: (extension) => join(reportFolder, `report.${extension}`),
    comparisonsFile: join(reportFolder, "comparisons.csv"),
    curvesFile: join(reportFolder, "curves.csv"),
    pageRecord: join(reportFolder, "page.json"),
    pageFile: join(reportFolder, "index.html"),
    chartFolder: join(reportFolder, "charts"),
    queryFolder: join(reportFolder, "queries"),
    cell: (id) => cellLayout(folder, id),
  };
}

/** The texts that the page of a result shows. @param folder that of the result */
export function excerptsFile(folder: string): string {
  return join(folder, "excerpts.jsonl.gz");
}

/** The files of a cell. @param folder that of the result */
export function cellLayout(folder: string, id: string): CellLayout {
  const cell = join(folder, id);
  return {
    folder: cell,
    run: join(cell, "run.trec.gz"),
    channels: join(cell, "channels.parquet"),
    values: join(cell, "values.jsonl"),
    manifest: join(cell, "manifest.json"),
    metadata: join(cell, "run.trec.ir_metadata.yaml"),
  };
}

/** Files of one division of an experiment into tasks; all of them appear whole, and none has two writers at odds. */
export type TaskLayout = {
  readonly folder: string;
  readonly manifest: string;
  /** A file for every time that tasks were handed over. */
  readonly submissions: string;
  /** There when the tasks are not to be started again. */
  readonly cancelled: string;
  /** Keys of servers; for their owner's eyes. */
  readonly secrets: string;
  /** What a scheduler starts. */
  readonly script: string;
  readonly logs: string;
  /** What a task has done, and how it failed; by its number. */
  done(task: number): string;
  error(task: number): string;
  /** Holds what searching tasks found. */
  readonly found: string;
  /** The rankings of some queries in a pass of a searching task. */
  answers(task: number, place: { readonly pass: number; readonly batch: number }): string;
  /** For a person: why a task was given up, and the end of its log. */
  failure(task: number): string;
};

/** @param experiment the folder of an experiment @param id what the tasks are known by */
export function taskFolder(experiment: string, id: string): string {
  return join(experiment, "tasks", id.slice(0, 16));
}

export function taskLayout(folder: string): TaskLayout {
  return {
    folder,
    manifest: join(folder, "manifest.json"),
    submissions: join(folder, "submissions"),
    cancelled: join(folder, "cancelled"),
    secrets: join(folder, "secrets.json"),
    script: join(folder, "task.sh"),
    logs: join(folder, "logs"),
    done: (task) => join(folder, "done", `${task}.json`),
    error: (task) => join(folder, "errors", `${task}.json`),
    found: join(folder, "found"),
    answers: (task, { pass, batch }) => join(folder, "found", String(task), `${pass}-${batch}.safetensors`),
    failure: (task) => join(folder, "failed", `${task}.txt`),
  };
}

/** Where the baseline of an experiment is kept under version control. */
export function baselineFile(root: string, name: string): string {
  return join(root, "reports", "baselines", `${name}.json`);
}

/** Folder of a training set. @param root as of `experimentLayout` */
export function trainingFolder(root: string, name: string): string {
  return join(root, "training", name);
}

/** Folder of the vectors within the cache folder. */
export function vectorFolder(cache: string): string {
  return join(cache, "vectors");
}

/** Folder of the journals of LLM answers within the cache folder: the one part of it that costs money to make again. */
export function completionFolder(cache: string): string {
  return join(cache, "completions");
}

/** Folder of the inverted indexes within the cache folder. */
export function indexFolder(cache: string): string {
  return join(cache, "indexes");
}

/** What is known of an encoder's speed, within the cache folder. @param encoder the name of its folder of vectors */
export function throughputFile(cache: string, encoder: string): string {
  return join(cache, "throughput", `${encoder}.json`);
}

/** Folder within the cache folder for what we know of hub repositories; their files are in the hub's own cache. */
export function hubRecordFolder(cache: string): string {
  return join(cache, "hub");
}

/** Folder within the cache folder for files of a dataset that come from an archive. */
export function datasetFolder(cache: string, id: string): string {
  return join(
    cache,
    "datasets",
    encodeURIComponent(id).replace(/^\.+/, (dots) => "%2E".repeat(dots.length)),
  );
}
