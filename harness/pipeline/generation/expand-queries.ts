import { dirname } from "node:path";
import { findCard } from "../../datasets/find-card.ts";
import type { ExpansionForecast } from "../../domain/generation.ts";
import { HarnessError } from "../../errors.ts";
import type { AskedTotals } from "../../llm/completion-totals.ts";
import { openPlanned } from "../gather-materials.ts";
import { loadPlan } from "../load-plan.ts";
import type { Workspace } from "../workspace.ts";
import { expansionsOf, forecastExpansions, generateExpansion, type NamedExpansion } from "./read-expansions.ts";

/** What was asked for an expansion on a dataset. */
export type ExpansionWork = { readonly expansion: string; readonly dataset: string; readonly totals: AskedTotals };

/**
 * Asks models for the texts that a run file's expansions lack, one dataset after the other.
 *
 * @returns nothing for expansions that had all
 * @throws {HarnessError} as `openDataset` and `askMissing`; everything that was answered is kept, and the same call goes on
 */
export async function expandQueries(
  file: string,
  { retryFailed }: { readonly retryFailed: boolean },
  workspace: Workspace,
): Promise<readonly ExpansionWork[]> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const folder = dirname(file);
  const work: ExpansionWork[] = [];
  for (const id of new Set(plan.cells.map(({ axes }) => axes.dataset))) {
    const dataset = await openPlanned(id, { plan, folder, workspace });
    for (const named of expansionsOf(plan, dataset, { folder, workspace })) {
      const totals = await generateExpansion(named, workspace, { retryFailed });
      if (totals !== undefined) work.push({ expansion: named.name, dataset: id, totals });
    }
  }
  return work;
}

/**
 * What `expandQueries` would ask, without asking. Where the data of a dataset is not here its card says how many queries it has.
 *
 * @throws {HarnessError} as `openDataset`; `NOT_FETCHED` when the card does not say it either
 */
export async function estimateExpansions(file: string, workspace: Workspace): Promise<readonly ExpansionForecast[]> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const folder = dirname(file);
  const forecasts: ExpansionForecast[] = [];
  for (const id of new Set(plan.cells.map(({ axes }) => axes.dataset))) {
    try {
      const dataset = await openPlanned(id, { plan, folder, workspace });
      forecasts.push(...(await forecastExpansions(plan, [dataset], { file, workspace })));
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== "NOT_FETCHED") throw error;
      const named = expansionsOf(plan, { id, queries: [] }, { folder, workspace });
      const count = named.length === 0 ? 0 : (await findCard(id, workspace.cardFolders))?.card.counts.queries;
      if (count === undefined) throw error;
      const queries = Math.min(count, plan.data.limit?.queries ?? count);
      forecasts.push(...named.flatMap((one) => forecastByCount(one, queries)));
    }
  }
  return forecasts;
}

/** As if nothing was asked before, every text as long as it may be. */
function forecastByCount({ name, expansion, request }: NamedExpansion, queries: number): readonly ExpansionForecast[] {
  const { generation, model } = expansion;
  if (generation === undefined || model === undefined) return [];
  const { samples, maxTokens } = generation.limits;
  const toAsk = queries * samples;
  return [
    {
      ...{ expansion: name, dataset: request.datasetId, model, countedOn: "card", queries, samples, kept: 0, toAsk },
      ...{ promptTokens: undefined, completionTokens: toAsk * maxTokens, answerLength: "limit" },
      ...{ spentUsd: undefined, usd: undefined, seconds: undefined },
    },
  ];
}
