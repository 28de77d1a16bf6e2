import type { Dataset } from "../../domain/dataset.ts";
import type { ExperimentPlan, PlannedCell } from "../../plan/plan-types.ts";
import { hashJson, type Json } from "../../storage/content-hash.ts";
import { datasetOf, type Materials } from "../materials.ts";
import type { OpenRetriever } from "../open-retrievers.ts";

/** Raised when the same inputs give another run or other values than before: all older cells are then recomputed. */
const CODE_SCHEMA = 1;

/** What a cell is known by: equal keys, equal bytes. */
export type CellKeys = {
  /** Of the run file: corpus, queries, retriever, scenarios, fusion, alpha, hits. */
  readonly run: string;
  /** Of the values: the run, policy, qrels and measures. */
  readonly values: string;
};

export type KeyContext = {
  readonly plan: ExperimentPlan;
  readonly materials: Materials;
  readonly openRetriever: OpenRetriever;
};

export async function cellKeys(cell: PlannedCell, context: KeyContext): Promise<CellKeys> {
  const { dataset, policyHash, qrelsHash } = datasetOf(cell.axes.dataset, context.materials);
  const run = await runKey(cell, context);
  const { plan } = context;
  return {
    run,
    values: hashJson({
      schema: CODE_SCHEMA,
      run,
      policy: policyHash,
      qrels: qrelsHash,
      measures: plan.measures.map(({ text }) => text),
      dataset: dataset.id,
    }),
  };
}

async function runKey(cell: PlannedCell, context: KeyContext): Promise<string> {
  const { plan, materials } = context;
  const { axes } = cell;
  const { dataset, querySets } = datasetOf(cell.axes.dataset, context.materials);
  const scenarios = axes.scenarios === null ? undefined : materials.scenarios.get(axes.dataset)?.get(axes.scenarios);
  return hashJson({
    schema: CODE_SCHEMA,
    corpus: dataset.corpus.contentHash,
    selfId: dataset.policy.selfId,
    queries: querySets.get(axes.queries)?.hash,
    retriever: await retrieverIdentity(axes.retriever, dataset, context),
    scenarios: scenarios?.hash,
    fusion: axes.fusion === null ? undefined : jsonOf(plan.fusions.get(axes.fusion)),
    alpha: axes.alpha,
    hits: plan.hits,
    ids: plan.ids,
    tag: cell.system,
  });
}

async function retrieverIdentity(name: string, dataset: Dataset, { plan, openRetriever }: KeyContext): Promise<Json> {
  const identity = async (scoring: string) => (await openRetriever(scoring, dataset)).opened.identity;
  const retriever = plan.retrievers.get(name);
  if (retriever?.scores !== false) return await identity(name);
  return { fuser: jsonOf(retriever.fuser) ?? null, members: await Promise.all(retriever.members.map(identity)) };
}

/** A fragment came out of YAML, so it holds nothing that JSON does not. */
function jsonOf(fragment: object | undefined): Json | undefined {
  return fragment === undefined ? undefined : (JSON.parse(JSON.stringify(fragment)) as Json);
}
