import { dirname, resolve } from "node:path";
import { readQueryTexts, replaceTexts } from "../datasets/query-file.ts";
import type { Dataset } from "../domain/dataset.ts";
import type { Query } from "../domain/query.ts";
import { tieRanks } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";
import { type ExperimentPlan, ORIGINAL_QUERIES } from "../plan/plan-types.ts";
import { createTextHash, hashJson } from "../storage/content-hash.ts";
import { writeId } from "../storage/trec-ids.ts";
import { openDataset, readCardQueries } from "./datasets/open-dataset.ts";
import { expansionsOf, readExpansion } from "./generation/read-expansions.ts";
import { readScenarios, type ScenarioChoices } from "./generation/read-scenarios.ts";
import type { DatasetMaterial, Materials, QuerySetMaterial, ScenarioMaterial } from "./materials.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Reads all data that the cells of a plan name. An LLM is asked for scenarios and expansions only if `choices` say so.
 *
 * @param runFile path of the run file, which its own relative paths refer to
 * @throws {HarnessError} whatever is wrong with a file, before anything is written
 */
export async function gatherMaterials(
  plan: ExperimentPlan,
  runFile: string,
  workspace: Workspace,
  choices: ScenarioChoices = {},
): Promise<Materials> {
  const datasets = new Map<string, DatasetMaterial>();
  const scenarios = new Map<string, ReadonlyMap<string, ScenarioMaterial>>();
  const folder = dirname(runFile);
  for (const id of new Set(plan.cells.map(({ axes }) => axes.dataset))) {
    const material = await readDataset(id, { plan, folder, workspace }, choices);
    checkIds(material, plan.ids);
    datasets.set(id, material);
    scenarios.set(id, await readScenarios(material, { plan, folder, workspace }, choices));
    workspace.signal?.throwIfAborted();
  }
  return { datasets, scenarios };
}

type Source = { readonly plan: ExperimentPlan; readonly folder: string; readonly workspace: Workspace };

/** A dataset as a plan has it: its policy, judgements and sample. @throws as `openDataset` */
export async function openPlanned(id: string, { plan, folder, workspace }: Source): Promise<Dataset> {
  const { policy, qrelsPath, limit } = plan.data;
  const qrelsFile = qrelsPath === undefined ? undefined : locate(qrelsPath, { id, folder });
  return await openDataset(id, workspace, { policy, qrelsFile, limit });
}

async function readDataset(id: string, source: Source, choices: ScenarioChoices): Promise<DatasetMaterial> {
  const { plan, workspace } = source;
  const dataset = await openPlanned(id, source);
  const names = new Set(plan.cells.filter(({ axes }) => axes.dataset === id).map(({ axes }) => axes.queries));
  const querySets = new Map<string, QuerySetMaterial>();
  const expansions = new Map(expansionsOf(plan, dataset, source).map((own) => [own.name, own]));
  for (const name of names) {
    const expansion = expansions.get(name);
    const { queries, summary } =
      expansion === undefined
        ? { queries: await readQueries(dataset, name, source), summary: undefined }
        : await readExpansion(expansion, workspace, choices);
    querySets.set(name, { queries, hash: hashQueries(queries), expansion: summary });
  }
  return {
    dataset,
    ties: tieRanks(dataset.docIds),
    rows: new Map(dataset.docIds.map((docId, row) => [docId, row])),
    querySets,
    policyHash: hashJson(dataset.policy),
    qrelsHash: hashQrels(dataset),
  };
}

/** A query set: the dataset's own, one that the run file declares, or else one that the dataset's card does. */
async function readQueries(
  dataset: Dataset,
  name: string,
  { plan, folder, workspace }: Source,
): Promise<readonly Query[]> {
  if (name === ORIGINAL_QUERIES) return dataset.queries;
  const path = plan.querySets.get(name)?.path;
  const texts =
    path === undefined
      ? await readCardQueries(dataset.id, name, workspace)
      : await readQueryTexts(locate(path, { id: dataset.id, folder }));
  return replaceTexts(dataset.queries, texts);
}

/** A path of the run file: relative to its folder, `{dataset}` replaced. */
function locate(path: string, { id, folder }: { readonly id: string; readonly folder: string }): string {
  return resolve(folder, path.replaceAll("{dataset}", id));
}

/** Refuses ids that a TREC run cannot carry before any work is done, not after. */
function checkIds({ dataset }: DatasetMaterial, ids: ExperimentPlan["ids"]): void {
  for (const id of [...dataset.docIds, ...dataset.queries.map((query) => query.id)]) {
    try {
      writeId(id, ids);
    } catch (cause) {
      if (!(cause instanceof HarnessError)) throw cause;
      throw new HarnessError("ID_NOT_WRITABLE", cause.message, { where: `dataset \`${dataset.id}\``, cause });
    }
  }
}

function hashQueries(queries: readonly Query[]): string {
  const hash = createTextHash();
  for (const { id, text, excluded, parts = [] } of queries) {
    hash.add(id, text, ...excluded);
    // no id is empty
    for (const part of parts) hash.add("", part.role, String(part.weight), part.text);
  }
  return hash.digest();
}

function hashQrels({ qrels }: Dataset): string {
  const hash = createTextHash();
  for (const [query, judgements] of [...qrels].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [doc, grade] of [...judgements].sort(([a], [b]) => (a < b ? -1 : 1)))
      hash.add(query, doc, String(grade));
  }
  return hash.digest();
}
