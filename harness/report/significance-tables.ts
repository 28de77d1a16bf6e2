import type { Interval } from "../domain/comparison.ts";
import type { ComparisonRow } from "./comparison-rows.ts";
import { changeText, countText, differenceText, shareText, valueText } from "./figure-text.ts";
import type { MeasureSection, ReportModel } from "./report-model.ts";
import { figureText, type NameOptions, nameColumns } from "./report-tables.ts";
import { isSignificant } from "./row-tests.ts";
import { type Column, NOTHING, right, type TextTable, table } from "./text-table.ts";

/**
 * The answer: base, SPIKE as claimed, their difference with interval and corrected p, and how much of the corpus has
 * scenarios; base values only where there is no SPIKE.
 */
export function headlineTable(model: ReportModel, { rows }: MeasureSection, { system }: NameOptions): TextTable {
  const claimed = right<ComparisonRow>(`SPIKE\n${model.claim}`, (row) => figureText(row.claimed));
  const { base, difference, covered } = headlineColumns(model, rows);
  return table(rows, [
    ...nameColumns(model, system),
    base,
    ...(model.claim === undefined ? [] : [claimed, ...difference]),
    ...covered,
  ]);
}

/** Columns of the answer; `covered` is empty where there are no scenarios. */
export function headlineColumns(
  model: ReportModel,
  rows: readonly ComparisonRow[],
): {
  readonly base: Column<ComparisonRow>;
  readonly difference: readonly Column<ComparisonRow>[];
  readonly covered: readonly Column<ComparisonRow>[];
} {
  const hasScenarios = rows.some(({ sweep }) => sweep.length > 0);
  return {
    base: right("base", (row) => figureText(row.base)),
    difference: [
      right("difference", (row) => (row.difference ? daggered(differenceText(row.difference.absolute), row) : NOTHING)),
      right(model.testHeads.interval, ({ test }) => (test === undefined ? NOTHING : intervalText(test.interval))),
      right(model.testHeads.p, ({ test }) => (test === undefined ? NOTHING : pText(test.pCorrected))),
    ],
    covered: hasScenarios ? [right("covered", (row) => coverageText(model, row))] : [],
  };
}

/** How large the differences are beside their spread, and what so many queries could show. */
export function effectTable(model: ReportModel, { rows }: MeasureSection, { system }: NameOptions): TextTable {
  const tested = rows.filter(({ test }) => test !== undefined);
  const effect = (head: string, text: (of: NonNullable<NonNullable<ComparisonRow["test"]>["effect"]>) => string) =>
    right<ComparisonRow>(head, ({ test }) => (test?.effect === undefined ? NOTHING : text(test.effect)));
  const hasMeans = tested.some(({ test }) => test?.micro !== undefined);
  const hasWilcoxon = tested.some(({ test }) => test?.effect?.pWilcoxon !== undefined);
  return table(tested, [
    ...nameColumns(model, system),
    right("queries", ({ test }) => countText(test?.n ?? 0)),
    right("relative", ({ difference }) =>
      difference?.relative === undefined ? NOTHING : changeText(difference.relative),
    ),
    effect("d_z", ({ dz }) => optional(dz, (value) => value.toFixed(2))),
    effect("W/T/L", ({ wins, ties, losses }) => `${wins}/${ties}/${losses}`),
    effect("detectable", ({ detectable }) => optional(detectable, valueText)),
    right("raw\np", ({ test }) => optional(test?.p, pText)),
    effect("t test\np", ({ pT }) => optional(pT, pText)),
    ...(hasWilcoxon ? [effect("Wilcoxon\np", ({ pWilcoxon }) => optional(pWilcoxon, pText))] : []),
    ...(hasMeans
      ? [right<ComparisonRow>("micro\ndifference", ({ test }) => optional(test?.micro?.difference, differenceText))]
      : []),
  ]);
}

/** One system at an alpha that was declared, chosen on other queries, or chosen on the test queries themselves. */
export function honestAlphaTable(model: ReportModel, { rows }: MeasureSection, { system }: NameOptions): TextTable {
  return table(
    rows.filter(({ sweep }) => sweep.length > 0),
    [
      ...nameColumns(model, system),
      right("base", (row) => figureText(row.base)),
      ...(model.declaredAlpha === undefined
        ? []
        : [right<ComparisonRow>(`fixed\nalpha ${model.declaredAlpha}`, (row) => figureText(row.declared))]),
      right("cross-\nfitted", (row) => figureText(row.crossFitted.figure)),
      right("its\nalphas", ({ crossFitted: { alphas } }) => alphasText(alphas)),
      right("oracle", (row) => (row.oracle ? valueText(row.oracle.value) : NOTHING)),
      right("its\nalpha", (row) => (row.oracle ? String(row.oracle.alpha) : NOTHING)),
    ],
  );
}

/** A p value in four decimals; a smaller one as a bound. */
export function pText(p: number): string {
  return p < 0.00005 ? "<0.0001" : p.toFixed(4);
}

/** Both ends in four decimals. */
export function intervalText([low, high]: Interval): string {
  return `[${valueText(low)}, ${valueText(high)}]`;
}

/** Distinct alphas, ascending; of many the ends. */
export function alphasText(alphas: readonly number[]): string {
  const distinct = [...new Set(alphas)].sort((a, b) => a - b);
  if (distinct.length === 0) return NOTHING;
  return distinct.length <= 3 ? distinct.join(", ") : `${distinct[0]} to ${distinct.at(-1)}`;
}

/** A figure with the sign of its test. */
export function daggered(text: string, { test }: ComparisonRow): string {
  return isSignificant(test) ? `${text}†` : text;
}

function coverageText({ coverage }: ReportModel, { scenarios, dataset }: ComparisonRow): string {
  const own = coverage.find((row) => row.name === scenarios && row.dataset === dataset);
  return own === undefined ? NOTHING : shareText(own.covered, own.documents);
}

function optional(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? NOTHING : text(value);
}
