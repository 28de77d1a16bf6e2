import { dirname } from "node:path";
import type { AskedSets, Dataset, SearchedCorpus } from "../domain/dataset.ts";
import { type EncoderWork, type MeteredEmbeddings, meterEmbeddings } from "../encode/metered-embeddings.ts";
import { openEmbeddingCache } from "../encode/shard-cache.ts";
import { HarnessError } from "../errors.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { openIndexCache } from "../retrieve/index-cache.ts";
import { createRetriever } from "../retrieve/registry.ts";
import type { OpenedRetriever, Retriever } from "../retrieve/types.ts";
import { hubRecordFolder, indexFolder, vectorFolder } from "../storage/layout.ts";
import type { Materials } from "./materials.ts";
import { openEngines } from "./open-engines.ts";
import type { Workspace } from "./workspace.ts";

/** A retriever that scores texts, and the same once it knows its corpus. */
export type OnCorpus = { readonly retriever: Retriever; readonly opened: OpenedRetriever };

/** The retriever of that name on a dataset; each pair is opened once. */
export type OpenRetriever = (name: string, dataset: Dataset) => Promise<OnCorpus>;

/** What a retriever's encoder did, on one dataset. */
export type RetrieverWork = EncoderWork & { readonly retriever: string };

export type OpenRetrievers = {
  readonly openRetriever: OpenRetriever;
  /** What encoders did so far; nothing of those that did nothing. */
  work(): readonly RetrieverWork[];
  /** Ends what was started; call it once nothing is searched any more. */
  close(): Promise<void>;
};

type WithScenarios = { readonly materials: Pick<Materials, "scenarios"> };

/**
 * Builds every retriever of a plan that scores texts; nothing is loaded or encoded yet.
 *
 * @param runFile path of the run file, which its own relative paths refer to
 */
export function openRetrievers(
  plan: ExperimentPlan,
  runFile: string,
  {
    cache,
    clock,
    hub,
    say,
    secret,
    signal,
    compute,
    materials,
  }: Pick<Workspace, "cache" | "clock" | "compute" | "hub" | "say" | "secret" | "signal"> & WithScenarios,
): OpenRetrievers {
  const embeddings = openEmbeddingCache({ folder: vectorFolder(cache), onWarning: say });
  const indexes = openIndexCache({ folder: indexFolder(cache), onWarning: say });
  const models = { hub, records: hubRecordFolder(cache) };
  const engines = openEngines({ ...compute, say });
  const services = { indexes, models, engine: engines.engine, folder: dirname(runFile), secret, say, signal };
  const retrievers = new Map<string, Retriever>();
  const meters = new Map<string, MeteredEmbeddings>();
  for (const [name, planned] of plan.retrievers) {
    if (!planned.scores) continue;
    const meter = meterEmbeddings(embeddings, clock);
    meters.set(name, meter);
    retrievers.set(name, createRetriever(planned.fragment, { ...services, embeddings: meter.embeddings }));
  }
  const opened = new Map<string, Promise<OnCorpus>>();
  async function openRetriever(name: string, dataset: Dataset): Promise<OnCorpus> {
    const key = JSON.stringify([name, dataset.id]);
    const retriever = retrievers.get(name);
    if (retriever === undefined) throw new HarnessError("UNKNOWN_COMPONENT", `\`${name}\` scores no texts.`);
    const known =
      opened.get(key) ??
      openOnCorpus(retriever, { ...dataset, asked: askedSets(name, dataset.id, { plan, materials }) });
    opened.set(key, known);
    return await known;
  }
  return {
    openRetriever,
    work: () => Array.from(meters, ([retriever, meter]) => meter.work().map((work) => ({ ...work, retriever }))).flat(),
    close: engines.close,
  };
}

async function openOnCorpus(retriever: Retriever, dataset: SearchedCorpus): Promise<OnCorpus> {
  return { retriever, opened: await retriever.open(dataset) };
}

function askedSets(
  retriever: string,
  dataset: string,
  { plan, materials }: WithScenarios & { readonly plan: ExperimentPlan },
) {
  const asked = plan.cells
    .map(({ axes }) => axes)
    .filter((axes) => axes.retriever === retriever && axes.dataset === dataset);
  const names = new Set(asked.map(({ scenarios }) => scenarios));
  const known = Array.from(materials.scenarios.get(dataset) ?? [], ([name, { set }]) => [name, set.views] as const);
  return {
    queries: [...new Set(asked.map(({ queries }) => queries))],
    scenarios: new Map(known.filter(([name]) => names.has(name))),
  } satisfies AskedSets;
}
