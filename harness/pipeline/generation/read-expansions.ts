import { dirname } from "node:path";
import type { Fragment } from "../../component.ts";
import type { Dataset } from "../../domain/dataset.ts";
import type { ExpansionSummary } from "../../domain/expansion.ts";
import type { ExpansionForecast } from "../../domain/generation.ts";
import type { Query } from "../../domain/query.ts";
import { createExpansion } from "../../expand/registry.ts";
import type { Expansion, ExpansionRequest } from "../../expand/types.ts";
import type { AskChoices } from "../../llm/ask-missing.ts";
import type { AskedTotals } from "../../llm/completion-totals.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { expansionLine } from "../../report/generation.ts";
import type { Workspace } from "../workspace.ts";
import { scenarioServices } from "./generate-scenarios.ts";
import type { ScenarioChoices } from "./read-scenarios.ts";

/** A query set that was expanded, and what reports say of it. */
export type ExpansionMaterial = {
  readonly queries: readonly Query[];
  readonly summary: Omit<ExpansionSummary, "contentHash">;
};

/** An expansion of a run file, on a dataset. */
export type NamedExpansion = {
  readonly name: string;
  readonly kind: string;
  readonly expansion: Expansion;
  readonly request: ExpansionRequest;
};

/** A dataset, or what is known of one whose data is not here. */
type Queried = Pick<Dataset, "id" | "queries">;

type Place = { readonly folder: string; readonly workspace: Workspace };

/** The expansions that the cells of a dataset name. */
export function expansionsOf(plan: ExperimentPlan, dataset: Queried, place: Place): readonly NamedExpansion[] {
  const names = plan.cells.filter(({ axes }) => axes.dataset === dataset.id).map(({ axes }) => axes.queries);
  return [...new Set(names)].flatMap((name) => {
    const fragment = plan.querySets.get(name)?.expansion;
    return fragment === undefined ? [] : [openExpansion(name, fragment, { dataset, ...place })];
  });
}

function openExpansion(
  name: string,
  fragment: Fragment,
  { dataset: { id, queries }, folder, workspace }: Place & { readonly dataset: Queried },
): NamedExpansion {
  const expansion = createExpansion(fragment, scenarioServices(workspace));
  return { name, kind: fragment.kind, expansion, request: { datasetId: id, queries, folder } };
}

/**
 * The queries of a dataset, expanded. An LLM is asked only if `choices` say so.
 *
 * @throws {HarnessError} as `Expansion.load` and `askMissing`
 */
export async function readExpansion(
  { name, kind, expansion, request }: NamedExpansion,
  workspace: Workspace,
  { partial = false, generate = false }: ScenarioChoices,
): Promise<ExpansionMaterial> {
  if (generate) await generateExpansion({ name, kind, expansion, request }, workspace);
  const { queries, coverage, promptSha256 = null } = await expansion.load({ ...request, partial });
  const { model = null } = expansion;
  return { queries, summary: { name, dataset: request.datasetId, kind, model, promptSha256, ...coverage } };
}

/**
 * Asks for what is missing of an expansion, and shows it.
 *
 * @returns undefined where nothing can be asked, or everything was
 * @throws as `askMissing`
 */
export async function generateExpansion(
  { name, expansion, request }: NamedExpansion,
  { progress, say, batchFiles }: Pick<Workspace, "progress" | "say" | "batchFiles">,
  { retryFailed = false }: Pick<AskChoices, "retryFailed"> = {},
): Promise<AskedTotals | undefined> {
  if (expansion.generation === undefined) return undefined;
  const expected = await expansion.generation.estimate(request);
  if (expected.toAsk === 0 && !retryFailed && batchFiles === undefined) return undefined;
  const label = `queries ${name} for ${request.datasetId}`;
  say(`${label}: ${expansionLine(expected)}`);
  const task = progress.start(label, expected.queries * expected.samples, "texts");
  task.skip(expected.kept);
  try {
    return await expansion.generation.generate(request, {
      retryFailed,
      onProgress: ({ kept, answered, failed }) => task.update(kept + answered + failed),
    });
  } finally {
    task.end();
  }
}

/** What the expansions of a plan would cost, where something is missing. @param datasets those of the plan */
export async function forecastExpansions(
  plan: ExperimentPlan,
  datasets: Iterable<Dataset>,
  { file, workspace }: { readonly file: string; readonly workspace: Workspace },
): Promise<readonly ExpansionForecast[]> {
  const forecasts: ExpansionForecast[] = [];
  for (const dataset of datasets) {
    for (const { name, expansion, request } of expansionsOf(plan, dataset, { folder: dirname(file), workspace })) {
      const { generation, model } = expansion;
      if (generation === undefined || model === undefined) continue;
      const estimate = await generation.estimate(request);
      if (estimate.toAsk > 0) {
        forecasts.push({ expansion: name, dataset: dataset.id, model, countedOn: "data", ...estimate });
      }
    }
  }
  return forecasts;
}
