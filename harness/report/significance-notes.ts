import type { ComparisonDeclaration, ExperimentComparison } from "../domain/spike-comparison.ts";
import type { ComparisonRow } from "./comparison-rows.ts";
import { countText, percentText, plural } from "./figure-text.ts";
import { type Axis, groupBy, rowName } from "./row-groups.ts";
import { SIGNIFICANT } from "./row-tests.ts";

const CORRECTIONS: Readonly<Record<ComparisonDeclaration["correction"], string>> = {
  holm: "corrected by Holm",
  bonferroni: "corrected by Bonferroni",
  bh: "corrected by Benjamini and Hochberg",
  maxT: "corrected by step-down maxT",
  none: "not corrected",
};

/** Heads of the columns of intervals and corrected p values. */
export function testHeads(comparison: ExperimentComparison | null): { readonly interval: string; readonly p: string } {
  if (comparison === null) return { interval: "interval", p: "p" };
  const { level, correction } = comparison.declaration;
  return { interval: `${percentText(level)}\ninterval`, p: correction === "none" ? "p" : `p\n${correction}` };
}

const FAMILIES: Readonly<Record<ComparisonDeclaration["family"], string>> = {
  all: "the comparisons of one measure",
  dataset: "the comparisons of one measure on one dataset",
  retriever: "the comparisons of one retriever in one measure",
  measures: "the comparisons of all measures",
};

const TESTS: Readonly<Record<ComparisonDeclaration["test"], string>> = {
  randomization: "two-sided paired sign-flip randomization test on the mean difference",
  "paired-t": "two-sided paired t test",
};

/** What stands under a table of tests: what was tested, how, and what was corrected together. */
export function significanceFootnotes(
  { declaration }: ExperimentComparison,
  rows: readonly ComparisonRow[],
): readonly string[] {
  const { alpha, test, correction, family, level, seed } = declaration;
  const sizes = familySizes(rows, false);
  const means = familySizes(rows, true);
  const meanCorrection = correction === "maxT" ? "by Holm " : "";
  return [
    alpha === "cross-fitted"
      ? `SPIKE: ${crossFitting(declaration)}.`
      : `SPIKE: at alpha ${alpha}, declared before the run. Cross-fitted: ${crossFitting(declaration)}; shown, not tested.`,
    `Difference: SPIKE minus base, with its ${percentText(level)} bootstrap interval (BCa over queries). p: ${TESTS[test]}, ${CORRECTIONS[correction]} over ${FAMILIES[family]}${sizes}; † p < ${SIGNIFICANT}.`,
    ...(means === ""
      ? []
      : [
          `Means: stratified tests, queries flipped and resampled inside each dataset; corrected ${meanCorrection}among themselves${means}.`,
        ]),
    `W/T/L: queries won, tied, lost. d_z: mean difference in its standard deviations. Detectable: the smallest true difference found with probability 0.8 at 0.05. ${drawsText(declaration)} Seed ${seed}.`,
  ];
}

/** What a dagger means where nothing else is said of the tests: the test, the correction and the family. */
export function daggerNote({ declaration }: ExperimentComparison, rows: readonly ComparisonRow[]): string {
  const { test, correction, family } = declaration;
  const sizes = familySizes(rows, false);
  return `† differs from its base, p < ${SIGNIFICANT}: ${TESTS[test]}, ${CORRECTIONS[correction]} over ${FAMILIES[family]}${sizes}.`;
}

/** Sentences about single rows, those of one sentence together, and why a row has no test. */
export function significanceNotes(
  comparison: ExperimentComparison | null,
  {
    rows,
    measure,
    varying,
  }: { readonly rows: readonly ComparisonRow[]; readonly measure: string; readonly varying: readonly Axis[] },
): readonly string[] {
  if (comparison === null) return [];
  const own = rows.flatMap((row) => (row.test?.notes ?? []).map((note) => ({ row, note })));
  const shared = groupBy(own, ({ note }) => note).map((same) => {
    const places = same.map(({ row }) => placeText(row, varying)).join(", ");
    return `${measure}: ${same[0]?.note ?? ""} This holds for ${places}.`;
  });
  const reasons = comparison.rows.flatMap((row) =>
    row.measure === measure && row.reason !== null
      ? [
          `${measure}, ${rowName(row, varying)} on \`${row.dataset}\`: ${row.comparison === null ? "not compared: " : ""}${row.reason}`,
        ]
      : [],
  );
  return [...shared, ...reasons];
}

function placeText(row: ComparisonRow, varying: readonly Axis[]): string {
  return `${rowName(row, varying)} on ${row.isMean ? row.dataset : `\`${row.dataset}\``}`;
}

function crossFitting({ crossFit, folds }: ComparisonDeclaration): string {
  return crossFit === "queries"
    ? `alpha chosen on the queries of other folds (${folds}, or as many as there are queries)`
    : "alpha chosen on the other datasets";
}

function drawsText({ test, draws, resamples, correction }: ComparisonDeclaration): string {
  const sampled = `${countText(draws)} draws where not exact, ${countText(resamples)} resamples.`;
  return test === "randomization" || correction === "maxT" ? sampled : `${countText(resamples)} resamples.`;
}

/** ` (6)`, or ` (6 to 12)` where families differ; empty without tests. */
function familySizes(rows: readonly ComparisonRow[], isMean: boolean): string {
  const sizes = rows.flatMap((row) => (row.isMean === isMean && row.test !== undefined ? [row.test.familySize] : []));
  if (sizes.length === 0) return "";
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? ` (${plural(most, "test")})` : ` (${least} to ${plural(most, "test")})`;
}
