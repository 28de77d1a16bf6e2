import type { PlannedCell } from "../../plan/plan-types.ts";
import type { OpenedRetriever, Search, VectorSource } from "../../retrieve/types.ts";
import type { Scoring } from "./manifest.ts";

/** What a cell's manifest says of how its scores were made. */
export function describeScoring(
  { axes }: PlannedCell,
  { vectors, engine }: Pick<OpenedRetriever, "vectors" | "engine">,
  { truncated }: Pick<Search, "truncated">,
): Scoring {
  return {
    retriever: axes.retriever,
    encoder: vectors === undefined ? null : describeEncoder(vectors),
    engine: engine === undefined ? null : { identity: engine.identity, notes: [...engine.notes] },
    // a cell of the corpus alone may share its search with a scenario set
    truncated: axes.scenarios === null ? { ...truncated, scenarios: 0 } : { ...truncated },
  };
}

function describeEncoder({ encoder: { identity, forms }, storage }: VectorSource): Scoring["encoder"] {
  return { identity, forms: { query: forms.query, document: forms.document, scenario: forms.scenario }, storage };
}
