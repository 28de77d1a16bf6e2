import { openEmbeddingCache } from "../encode/shard-cache.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { createRetriever } from "../retrieve/registry.ts";
import type { Retriever } from "../retrieve/types.ts";
import type { Json } from "../storage/content-hash.ts";
import { vectorFolder } from "../storage/layout.ts";
import type { Workspace } from "./workspace.ts";

export type Retrievers = {
  /** Those that score texts themselves, by name. */
  readonly scoring: ReadonlyMap<string, Retriever>;
  readonly identities: ReadonlyMap<string, Json>;
};

/** Builds every retriever of a plan that scores texts; nothing is loaded or encoded yet. */
export function openRetrievers(plan: ExperimentPlan, { cache, say }: Pick<Workspace, "cache" | "say">): Retrievers {
  const embeddings = openEmbeddingCache({ folder: vectorFolder(cache), onWarning: say });
  const scoring = new Map<string, Retriever>();
  for (const [name, retriever] of plan.retrievers) {
    if (retriever.scores) scoring.set(name, createRetriever(retriever.fragment, { embeddings }));
  }
  return { scoring, identities: new Map(Array.from(scoring, ([name, { identity }]) => [name, identity])) };
}
