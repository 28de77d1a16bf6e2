import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import { boundedMap } from "../../runtime/bounded-map.ts";
import type { ExperimentLayout } from "../../storage/layout.ts";
import { type CellKeys, cellKeys, type KeyContext } from "./cell-keys.ts";
import type { CellWork } from "./cell-work.ts";
import { type CellState, inspectCell } from "./manifest.ts";

/** A planned cell beside what is on disk of it. */
export type KnownCell = CellWork & { readonly keys: CellKeys; readonly state: CellState };

/** Looks at every cell on disk; reads only. */
export async function inspectCells(layout: ExperimentLayout, context: KeyContext): Promise<readonly KnownCell[]> {
  return await boundedMap(context.plan.cells, 4, async (cell) => {
    const own = layout.cell(cell.id);
    const keys = await cellKeys(cell, context);
    return { cell, layout: own, keys, state: await inspectCell(own, keys) };
  });
}

/** Cells whose run file must be made and that share one scoring pass. */
export type ScoringGroup = {
  readonly retriever: string;
  readonly dataset: string;
  readonly queries: string;
  readonly cells: readonly KnownCell[];
};

/** The groups of all cells whose retriever scores texts and whose run file is not there. */
export function scoringGroups(cells: readonly KnownCell[], plan: ExperimentPlan): readonly ScoringGroup[] {
  const groups = new Map<string, Omit<ScoringGroup, "cells"> & { readonly cells: KnownCell[] }>();
  for (const known of cells) {
    if (known.state.use !== "nothing" || !scoresTexts(known.cell, plan)) continue;
    const { retriever, dataset, queries } = known.cell.axes;
    const key = JSON.stringify([retriever, dataset, queries]);
    const group = groups.get(key) ?? { retriever, dataset, queries, cells: [] };
    group.cells.push(known);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether its hits have scores by channel, which are kept beside its run file. */
export function fusesChannels(cell: PlannedCell, plan: ExperimentPlan): boolean {
  return cell.axes.alpha !== null && scoresTexts(cell, plan);
}

export function scoresTexts({ axes }: PlannedCell, plan: ExperimentPlan): boolean {
  return plan.retrievers.get(axes.retriever)?.scores ?? true;
}
