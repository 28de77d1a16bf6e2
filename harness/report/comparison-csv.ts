import type { ExperimentResult } from "../domain/result.ts";
import { type CsvValue, csvLine } from "./csv.ts";
import type { ReportModel } from "./report-model.ts";

const AXES = ["retriever", "queries", "scenarios", "fusion"] as const;

/**
 * `comparisons.csv`: one record a row of the tables, means over datasets included, at full precision. What does not exist
 * is empty: a test of a failed cell, a standardized effect of a mean.
 */
export function comparisonsCsv({ sections, claim }: ReportModel): string {
  const head = [
    ...[...AXES, "dataset", "mean", "measure", "claim", "n", "base", "spike", "difference", "relative"],
    ...["low", "high", "p", "p_corrected", "family", "dz", "wins", "ties", "losses", "detectable", "p_t", "p_wilcoxon"],
    ...["micro_difference", "micro_low", "micro_high", "fixed", "cross_fitted", "cross_fitted_alphas"],
    ...["oracle", "oracle_alpha"],
  ];
  const records = sections.flatMap(({ measure, rows }) =>
    rows.flatMap(({ test, oracle, difference, crossFitted, sweep, ...row }): readonly (readonly CsvValue[])[] => {
      if (sweep.length === 0) return [];
      const { effect, micro } = test ?? {};
      const known = (figure: typeof row.base) => (figure.kind === "value" ? figure.value : undefined);
      return [
        [
          ...[...AXES.map((axis) => row[axis]), row.dataset, String(row.isMean), measure, claim, test?.n],
          ...[known(row.base), known(row.claimed), difference?.absolute, difference?.relative],
          ...[test?.interval[0], test?.interval[1], test?.p, test?.pCorrected, test?.familySize],
          ...[effect?.dz, effect?.wins, effect?.ties, effect?.losses, effect?.detectable, effect?.pT],
          ...[effect?.pWilcoxon, micro?.difference, micro?.interval[0], micro?.interval[1]],
          ...[known(row.declared), known(crossFitted.figure), crossFitted.alphas.join(" ")],
          ...[oracle?.value, oracle?.alpha],
        ],
      ];
    }),
  );
  return [head, ...records].map(csvLine).join("");
}

/** `curves.csv`: the mean at every alpha, and the difference to the base with its pointwise interval. */
export function curvesCsv({ comparison }: ExperimentResult): string {
  const head = [...AXES, "dataset", "measure", "alpha", "mean", "difference", "low", "high"];
  const records = (comparison?.rows ?? []).flatMap((row) =>
    row.curve.map(({ alpha, mean, difference, interval }) => [
      ...[...AXES.map((axis) => row[axis] ?? undefined), row.dataset, row.measure],
      ...[alpha, mean, difference, ...interval],
    ]),
  );
  return [head, ...records].map(csvLine).join("");
}
