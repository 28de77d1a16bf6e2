import type { Dataset } from "../domain/dataset.ts";
import { openEmbeddingCache } from "../encode/shard-cache.ts";
import { HarnessError } from "../errors.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { createRetriever } from "../retrieve/registry.ts";
import type { OpenedRetriever, Retriever } from "../retrieve/types.ts";
import { vectorFolder } from "../storage/layout.ts";
import type { Workspace } from "./workspace.ts";

/** A retriever that scores texts, and the same once it knows its corpus. */
export type OnCorpus = { readonly retriever: Retriever; readonly opened: OpenedRetriever };

/** The retriever of that name on a dataset; each pair is opened once. */
export type OpenRetriever = (name: string, dataset: Dataset) => OnCorpus;

/** Builds every retriever of a plan that scores texts; nothing is loaded or encoded yet. */
export function openRetrievers(
  plan: ExperimentPlan,
  { cache, say, secret, signal }: Pick<Workspace, "cache" | "say" | "secret" | "signal">,
): OpenRetriever {
  const embeddings = openEmbeddingCache({ folder: vectorFolder(cache), onWarning: say });
  const retrievers = new Map<string, Retriever>();
  for (const [name, planned] of plan.retrievers) {
    if (planned.scores)
      retrievers.set(name, createRetriever(planned.fragment, { embeddings, encoding: { secret, say, signal } }));
  }
  const opened = new Map<string, OnCorpus>();
  return (name, dataset) => {
    const key = JSON.stringify([name, dataset.id]);
    const retriever = retrievers.get(name);
    if (retriever === undefined) throw new HarnessError("UNKNOWN_COMPONENT", `\`${name}\` scores no texts.`);
    const known = opened.get(key) ?? { retriever, opened: retriever.open(dataset.corpus) };
    opened.set(key, known);
    return known;
  };
}
