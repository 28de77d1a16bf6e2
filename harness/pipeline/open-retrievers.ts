import { dirname } from "node:path";
import type { Dataset } from "../domain/dataset.ts";
import { openEmbeddingCache } from "../encode/shard-cache.ts";
import { HarnessError } from "../errors.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { createRetriever } from "../retrieve/registry.ts";
import type { OpenedRetriever, Retriever } from "../retrieve/types.ts";
import { hubRecordFolder, vectorFolder } from "../storage/layout.ts";
import type { Workspace } from "./workspace.ts";

/** A retriever that scores texts, and the same once it knows its corpus. */
export type OnCorpus = { readonly retriever: Retriever; readonly opened: OpenedRetriever };

/** The retriever of that name on a dataset; each pair is opened once. */
export type OpenRetriever = (name: string, dataset: Dataset) => Promise<OnCorpus>;

/**
 * Builds every retriever of a plan that scores texts; nothing is loaded or encoded yet.
 *
 * @param runFile path of the run file, which its own relative paths refer to
 */
export function openRetrievers(
  plan: ExperimentPlan,
  runFile: string,
  { cache, hub, say, secret, signal }: Pick<Workspace, "cache" | "hub" | "say" | "secret" | "signal">,
): OpenRetriever {
  const embeddings = openEmbeddingCache({ folder: vectorFolder(cache), onWarning: say });
  const models = { hub, records: hubRecordFolder(cache) };
  const services = { embeddings, folder: dirname(runFile), models, secret, say, signal };
  const retrievers = new Map<string, Retriever>();
  for (const [name, planned] of plan.retrievers) {
    if (planned.scores) retrievers.set(name, createRetriever(planned.fragment, services));
  }
  const opened = new Map<string, Promise<OnCorpus>>();
  return async (name, dataset) => {
    const key = JSON.stringify([name, dataset.id]);
    const retriever = retrievers.get(name);
    if (retriever === undefined) throw new HarnessError("UNKNOWN_COMPONENT", `\`${name}\` scores no texts.`);
    const known = opened.get(key) ?? openOnCorpus(retriever, dataset);
    opened.set(key, known);
    return await known;
  };
}

async function openOnCorpus(retriever: Retriever, dataset: Dataset): Promise<OnCorpus> {
  return { retriever, opened: await retriever.open(dataset) };
}
