import type { PlannedCell } from "../plan/plan-types.ts";
import type { OpenedRetriever, ScoreRows, VectorSource } from "../retrieve/types.ts";
import type { Scoring } from "./manifest.ts";

/** Scores that a cell rests on; without scenarios for a base cell. */
type CellScores = {
  readonly bodies: Pick<ScoreRows, "truncated">;
  readonly scenarios?: Pick<ScoreRows, "truncated"> | undefined;
};

/** What a cell's manifest says of how its scores were made. */
export function describeScoring(
  { axes }: PlannedCell,
  { vectors }: Pick<OpenedRetriever, "vectors">,
  { bodies, scenarios }: CellScores,
): Scoring {
  return {
    retriever: axes.retriever,
    encoder: vectors === undefined ? null : describeEncoder(vectors),
    truncated: {
      documents: bodies.truncated.views,
      scenarios: scenarios?.truncated.views ?? 0,
      // every collection is asked the same queries
      queries: bodies.truncated.queries,
    },
  };
}

function describeEncoder({ encoder: { identity, forms }, storage }: VectorSource): Scoring["encoder"] {
  return { identity, forms: { query: forms.query, document: forms.document, scenario: forms.scenario }, storage };
}
