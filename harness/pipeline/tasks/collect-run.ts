import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EncodingWork } from "../../domain/encoding-work.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { isTemporary } from "../../storage/atomic-write.ts";
import { type ExperimentLayout, experimentLayout } from "../../storage/layout.ts";
import type { KeyContext } from "../run/cell-keys.ts";
import { inspectCells } from "../run/cell-status.ts";
import { type CellOutcome, type ExperimentRun, memberFailed } from "../run/run-experiment.ts";
import { memberIds } from "./plan-tasks.ts";

export type Collected = {
  /** Path of the run file. */
  readonly file: string;
  readonly context: KeyContext;
  readonly out: string;
  readonly allowMixed: boolean;
  readonly costs: boolean;
  /** Cells that were finished before. */
  readonly before: ReadonlySet<string>;
  /** Why a cell was not made. */
  readonly whyFailed: (cell: string) => string;
  readonly encoded: number;
  readonly encoding: readonly EncodingWork[];
};

/** A run whose cells other processes have made: every byte of them is compared with what it should be, nothing is computed. */
export async function collectRun(collected: Collected): Promise<ExperimentRun> {
  const { file, context, out, allowMixed, costs, before, whyFailed, encoded, encoding } = collected;
  const { plan, materials } = context;
  const layout = experimentLayout(out, plan.name);
  const outcomes = new Map<string, CellOutcome>();
  for (const { cell, state } of await inspectCells(layout, context)) {
    if (state.use === "all") {
      outcomes.set(cell.id, { status: before.has(cell.id) ? "cached" : "done", manifest: state.manifest });
    } else {
      outcomes.set(cell.id, { status: "failed", error: whyFailed(cell.id) });
    }
  }
  blameMembers(plan, outcomes);
  const count = (status: CellOutcome["status"]) => [...outcomes.values()].filter((one) => one.status === status).length;
  const work = { encoded, scored: count("done"), evaluated: count("done"), cached: count("cached") };
  return { file, plan, layout, materials, outcomes, work, encoding, allowMixed, costs };
}

/** A failed cell that merges others says what a run on one machine says. */
function blameMembers(plan: ExperimentPlan, outcomes: Map<string, CellOutcome>): void {
  for (const cell of plan.cells) {
    if (outcomes.get(cell.id)?.status !== "failed") continue;
    const failed = memberIds(cell, plan).findIndex((id) => outcomes.get(id)?.status === "failed");
    const retriever = plan.retrievers.get(cell.axes.retriever);
    const member = retriever?.scores === false ? retriever.members[failed] : undefined;
    if (member !== undefined) outcomes.set(cell.id, { status: "failed", error: memberFailed(member) });
  }
}

/** Removes half-written files that killed tasks have left with their cells; call it when none is running. */
export async function removeLeftovers(
  { cell }: Pick<ExperimentLayout, "cell">,
  cells: readonly string[],
): Promise<void> {
  for (const id of cells) {
    const names = await readdir(cell(id).folder).catch(() => []);
    for (const name of names) if (isTemporary(name)) await rm(join(cell(id).folder, name), { force: true });
  }
}
