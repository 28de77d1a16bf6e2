import type { SpikeSweep } from "../../harness/compare/compare-spike.ts";
import type { ComparisonDeclaration } from "../../harness/domain/spike-comparison.ts";
import { normals, systemOf } from "./made-up-systems.ts";

/** The defaults of a run file with fewer draws, at alpha 0.5. */
export const DECLARATION: ComparisonDeclaration = {
  alpha: 0.5,
  test: "randomization",
  correction: "holm",
  family: "all",
  crossFit: "queries",
  folds: 5,
  wilcoxon: false,
  ...{ seed: 1, draws: 2_000, resamples: 200, level: 0.95 },
};

/** A retriever that gains `gain` standard deviations at alpha 0.5, half of it at 0, and nothing at 1. */
export function sweepOf({
  dataset,
  retriever,
  gain,
  queries = 30,
}: {
  readonly dataset: string;
  readonly retriever: string;
  readonly gain: number;
  readonly queries?: number;
}): SpikeSweep {
  const label = `${retriever} on ${dataset}`;
  const [base, change] = [normals(queries, label), normals(queries, `change of ${label}`)];
  const at = (share: number) => base.map((value, query) => value + share * (gain + (change[query] ?? 0)));
  const { values: _, ...origin } = systemOf([], { dataset, system: `${retriever}+spike`, qrelsSha256: dataset });
  return {
    ...{ retriever, queries: "original", scenarios: "spike", fusion: "default", measure: "nDCG@10" },
    base: systemOf(base, { dataset, system: retriever, qrelsSha256: dataset }),
    sweep: {
      ...origin,
      points: [
        { alpha: 0, values: systemOf(at(0.5)).values },
        { alpha: 0.5, values: systemOf(at(1)).values },
        { alpha: 1, values: systemOf(at(0)).values },
      ],
    },
  };
}
