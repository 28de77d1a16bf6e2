import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import type { Task } from "../../tasks/task-manifest.ts";
import { scoresTexts } from "../run/cell-status.ts";

export type Prepared = {
  readonly tasks: readonly Task[];
  /** Numbers of the tasks that a search needs, by retriever and dataset, or by retriever, dataset and queries. */
  readonly needs: ReadonlyMap<string, readonly number[]>;
};

/** Cells that share a search have these in common. */
export type SearchGroup = Pick<PlannedCell["axes"], "retriever" | "dataset" | "queries">;

export function searchGroups(plan: ExperimentPlan): readonly SearchGroup[] {
  const cells = plan.cells.filter((cell) => scoresTexts(cell, plan));
  return [...new Map(cells.map(({ axes }) => [groupKey(axes), axes])).values()];
}

export function groupKey({ dataset, retriever, queries }: SearchGroup): string {
  return JSON.stringify([dataset, retriever, queries]);
}

/** Every retriever that scores texts, with every dataset that it is used on. */
export function searchedPairs(plan: ExperimentPlan) {
  const cells = plan.cells.filter((cell) => scoresTexts(cell, plan));
  return new Map(cells.map(({ axes }) => [pairKey(axes.retriever, axes.dataset), axes])).values();
}

export function pairKey(retriever: string, dataset: string): string {
  return JSON.stringify([retriever, dataset]);
}
