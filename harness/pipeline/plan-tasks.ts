import type { Dataset } from "../domain/dataset.ts";
import { readThroughput } from "../encode/throughput.ts";
import type { Encoder } from "../encode/types.ts";
import { encoderRecord } from "../encode/vector-key.ts";
import { cellId } from "../plan/cell-id.ts";
import type { ExperimentPlan, PlannedCell } from "../plan/plan-types.ts";
import type { OpenedRetriever } from "../retrieve/types.ts";
import { hashJson } from "../storage/content-hash.ts";
import type { Task, TaskManifest, TextRange } from "../tasks/task-manifest.ts";
import { cellKeys, type KeyContext } from "./cell-keys.ts";
import { scoresTexts } from "./cell-status.ts";
import { cutRanges } from "./cut-ranges.ts";
import { datasetOf } from "./materials.ts";

/** How a run is divided, and what its tasks may take. */
export type TaskDivision = {
  /** Cells of a task, at least, of as many searches as it takes. */
  readonly cellsPerTask: number;
  /** Texts that a task encodes; undefined for what the encoder makes in ten minutes, at the speed that it had before. */
  readonly textsPerTask: number | undefined;
  /** As their flags have them; undefined for what is usual where the task runs. */
  readonly threads: string | undefined;
  readonly maxRam: string | undefined;
};

/** A plan divided. Its id does not depend on measured speeds, so tasks of the same id may have been cut elsewhere before. */
export type PlannedTasks = Pick<TaskManifest, "id" | "cells"> & { tasks(): Promise<readonly Task[]> };

const SCHEMA = 1;
const MINUTES = 10;
/** Texts of a task where no speed is known, and what a task's texts are a multiple of: those of a file of vectors. */
const FIRST_TEXTS = 16_384;
const STEP_TEXTS = 4_096;

/** Divides a plan: encoding first, then the cells that share searches, then the cells that merge the rankings of others. */
export async function planTasks(
  context: KeyContext,
  { division, runFile, workspace }: Pick<TaskManifest, "runFile" | "workspace"> & { readonly division: TaskDivision },
): Promise<PlannedTasks> {
  const { plan } = context;
  const cells: Record<string, string> = {};
  for (const cell of plan.cells) cells[cell.id] = (await cellKeys(cell, context)).values;
  const { cellsPerTask, textsPerTask = null } = division;
  const divided = { schema: SCHEMA, name: plan.name, cells, cellsPerTask, textsPerTask, runFile, workspace };
  return {
    id: hashJson(divided),
    cells,
    async tasks() {
      const encoding = await encodingTasks(context, { textsPerTask: division.textsPerTask, cache: workspace.cache });
      return addMerges(addSearches(encoding, plan, cellsPerTask), plan, cellsPerTask);
    },
  };
}

type Encoding = {
  readonly tasks: readonly Task[];
  /** Numbers of the tasks that make the vectors of a retriever on a dataset. */
  readonly needs: ReadonlyMap<string, readonly number[]>;
};

type EncodingSizes = { readonly textsPerTask: number | undefined; readonly cache: string };

/** Retrievers that have an encoder in common share its vectors. */
async function encodingTasks(context: KeyContext, sizes: EncodingSizes): Promise<Encoding> {
  const { plan, materials, openRetriever } = context;
  const tasks: Task[] = [];
  const needs = new Map<string, readonly number[]>();
  const shared = new Map<string, readonly number[]>();
  for (const { retriever, dataset: id } of searchedPairs(plan)) {
    const { dataset } = datasetOf(id, materials);
    const { opened } = await openRetriever(retriever, dataset);
    if (opened.vectors === undefined) continue;
    const collections = askedCollections({ retriever, dataset }, context);
    const { encoder, storage } = opened.vectors;
    const key = JSON.stringify([encoderRecord(encoder, storage).folder, encoder.forms, id, collections]);
    const known = shared.get(key);
    const ranges = known === undefined ? cutRanges(collections, await textsOfTask(opened, encoder, sizes)) : [];
    const own = known ?? ranges.map((_, at) => tasks.length + at);
    tasks.push(
      ...ranges.map((cut): Task => ({ stage: "encode", retriever, dataset: id, ranges: [...cut], needs: [] })),
    );
    shared.set(key, own);
    needs.set(pairKey(retriever, id), own);
  }
  return { tasks, needs };
}

/** Vectors that are only looked up by id are not worth sharing out: every task would read all files. */
async function textsOfTask(
  { vectors }: Pick<OpenedRetriever, "vectors">,
  encoder: Encoder,
  { textsPerTask, cache }: EncodingSizes,
): Promise<number> {
  if (vectors?.encoder.reads === "id") return Number.MAX_SAFE_INTEGER;
  if (textsPerTask !== undefined) return textsPerTask;
  const speed = await readThroughput(cache, encoder);
  const texts = speed === undefined ? FIRST_TEXTS : speed.textsPerSecond * 60 * MINUTES;
  return Math.max(1, Math.ceil(texts / STEP_TEXTS)) * STEP_TEXTS;
}

/** Everything of a dataset that a retriever is to have vectors of. */
function askedCollections(
  { retriever, dataset }: { readonly retriever: string; readonly dataset: Dataset },
  { plan, materials }: KeyContext,
): readonly TextRange[] {
  const axes = plan.cells
    .map((cell) => cell.axes)
    .filter((one) => one.retriever === retriever && one.dataset === dataset.id);
  const { querySets } = datasetOf(dataset.id, materials);
  const scenarios = materials.scenarios.get(dataset.id);
  return [
    { role: "document", set: null, first: 0, end: dataset.corpus.count },
    ...[...new Set(axes.map((one) => one.scenarios))].flatMap((set): readonly TextRange[] =>
      set === null ? [] : [{ role: "scenario", set, first: 0, end: scenarios?.get(set)?.set.views.count ?? 0 }],
    ),
    ...[...new Set(axes.map((one) => one.queries))].map(
      (set): TextRange => ({ role: "query", set, first: 0, end: querySets.get(set)?.queries.length ?? 0 }),
    ),
  ];
}

function searchedPairs(plan: ExperimentPlan) {
  const cells = plan.cells.filter((cell) => scoresTexts(cell, plan));
  return new Map(cells.map(({ axes }) => [pairKey(axes.retriever, axes.dataset), axes])).values();
}

function pairKey(retriever: string, dataset: string): string {
  return JSON.stringify([retriever, dataset]);
}

function addSearches({ tasks, needs }: Encoding, plan: ExperimentPlan, cellsPerTask: number): readonly Task[] {
  const searched = plan.cells.filter((cell) => scoresTexts(cell, plan));
  const groups = groupBy(searched, ({ axes: { retriever, dataset, queries } }) =>
    JSON.stringify([dataset, retriever, queries]),
  );
  const packed = pack(groups, cellsPerTask).map((cells): Task => {
    const own = cells.flatMap(({ axes }) => needs.get(pairKey(axes.retriever, axes.dataset)) ?? []);
    return cellsTask(cells, own);
  });
  return [...tasks, ...packed];
}

/** Cells of merged rankings come last; what they need are the tasks of their members' cells. */
function addMerges(tasks: readonly Task[], plan: ExperimentPlan, cellsPerTask: number): readonly Task[] {
  const makers = new Map<string, number>();
  for (const [number, task] of tasks.entries()) {
    if (task.stage === "cells") for (const id of task.cells) makers.set(id, number);
  }
  const merged = plan.cells.filter((cell) => !scoresTexts(cell, plan));
  const groups = groupBy(merged, ({ axes: { dataset, retriever } }) => JSON.stringify([dataset, retriever]));
  const packed = pack(groups, cellsPerTask).map((cells): Task => {
    const needs = cells.flatMap((cell) => memberIds(cell, plan)).map((id) => makers.get(id) ?? -1);
    return cellsTask(
      cells,
      needs.filter((number) => number >= 0),
    );
  });
  return [...tasks, ...packed];
}

/** The cells whose rankings a cell merges; none for a cell that is searched. */
export function memberIds({ axes }: PlannedCell, plan: ExperimentPlan): readonly string[] {
  const retriever = plan.retrievers.get(axes.retriever);
  return retriever?.scores === false ? retriever.members.map((member) => cellId({ ...axes, retriever: member })) : [];
}

function cellsTask(cells: readonly PlannedCell[], needs: readonly number[]): Task {
  const dataset = cells[0]?.axes.dataset ?? "";
  return {
    stage: "cells",
    dataset,
    cells: cells.map(({ id }) => id),
    needs: [...new Set(needs)].sort((a, b) => a - b),
  };
}

function groupBy(cells: readonly PlannedCell[], keyOf: (cell: PlannedCell) => string): readonly PlannedCell[][] {
  const groups = new Map<string, PlannedCell[]>();
  for (const cell of cells) groups.set(keyOf(cell), [...(groups.get(keyOf(cell)) ?? []), cell]);
  return [...groups.values()];
}

/** Puts groups of one dataset together until they are large enough: a task reads one dataset. */
function pack(groups: readonly PlannedCell[][], cellsPerTask: number): readonly (readonly PlannedCell[])[] {
  const packed: PlannedCell[][] = [];
  const byDataset = [...groups].sort((a, b) => compareText(a[0]?.axes.dataset, b[0]?.axes.dataset));
  for (const group of byDataset) {
    const last = packed.at(-1);
    const fits = last !== undefined && last.length < cellsPerTask;
    if (fits && last[0]?.axes.dataset === group[0]?.axes.dataset) last.push(...group);
    else packed.push([...group]);
  }
  return packed;
}

function compareText(a = "", b = ""): number {
  return a < b ? -1 : Number(a > b);
}
