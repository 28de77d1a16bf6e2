import { cellId } from "../../plan/cell-id.ts";
import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import { hashJson } from "../../storage/content-hash.ts";
import type { Task, TaskManifest } from "../../tasks/task-manifest.ts";
import { cellKeys, type KeyContext } from "../run/cell-keys.ts";
import { scoresTexts } from "../run/cell-status.ts";
import { encodingTasks } from "./encoding-tasks.ts";
import { groupKey, type Prepared, pairKey } from "./search-groups.ts";
import { searchingTasks } from "./searching-tasks.ts";

/** How a run is divided, and what its tasks may take. */
export type TaskDivision = {
  /** Cells of a task, at least, of as many searches as it takes. */
  readonly cellsPerTask: number;
  /** Texts that a task encodes; undefined for what the encoder makes in ten minutes, at the speed that it had before. */
  readonly textsPerTask: number | undefined;
  /** Documents of a search, and queries; undefined for a search of its own for every group of cells. */
  readonly documentsPerTask?: number | undefined;
  readonly queriesPerTask?: number | undefined;
  /** As their flags have them; undefined for what is usual where the task runs. */
  readonly threads: string | undefined;
  readonly maxRam: string | undefined;
};

/** A plan divided. Its id does not depend on measured speeds, so tasks of the same id may have been cut elsewhere before. */
export type PlannedTasks = Pick<TaskManifest, "id" | "cells"> & { tasks(): Promise<readonly Task[]> };

const SCHEMA = 1;
/** Divides a plan: encoding first, then the cells that share searches, then the cells that merge the rankings of others. */
export async function planTasks(
  context: KeyContext,
  { division, runFile, workspace }: Pick<TaskManifest, "runFile" | "workspace"> & { readonly division: TaskDivision },
): Promise<PlannedTasks> {
  const { plan } = context;
  const cells: Record<string, string> = {};
  for (const cell of plan.cells) cells[cell.id] = (await cellKeys(cell, context)).values;
  const { cellsPerTask, textsPerTask = null, documentsPerTask = null, queriesPerTask = null } = division;
  const sizes = { cellsPerTask, textsPerTask, documentsPerTask, queriesPerTask };
  const divided = { schema: SCHEMA, name: plan.name, cells, ...sizes, runFile, workspace };
  return {
    id: hashJson(divided),
    cells,
    async tasks() {
      const encoding = await encodingTasks(context, { textsPerTask: division.textsPerTask, cache: workspace.cache });
      const searching = await searchingTasks(encoding, context, division);
      return addMerges(addSearched(searching, plan, cellsPerTask), plan, cellsPerTask);
    },
  };
}

function addSearched({ tasks, needs }: Prepared, plan: ExperimentPlan, cellsPerTask: number): readonly Task[] {
  const searched = plan.cells.filter((cell) => scoresTexts(cell, plan));
  const groups = groupBy(searched, ({ axes }) => groupKey(axes));
  const packed = pack(groups, cellsPerTask).map((cells): Task => {
    const own = cells.flatMap(
      ({ axes }) => needs.get(groupKey(axes)) ?? needs.get(pairKey(axes.retriever, axes.dataset)) ?? [],
    );
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
