import type { ComparisonRow, Figure } from "./comparison-rows.ts";
import { countText, shareText, valueText } from "./figure-text.ts";
import type { MeasureSection, ReportModel } from "./report-model.ts";
import { type Column, left, NOTHING, right, rightCell, type TableCell, type TextTable, table } from "./text-table.ts";

/** What stands where a model's name would, for answers from a file. */
export const RECORDED = "recorded answers";

/** `system`: whether a row names its retriever and varying axes, or the table is about one system and need not. */
export type NameOptions = { readonly system: boolean };

/** The value at every alpha, a row for a system on a dataset. */
export function sweepTable(model: ReportModel, { rows, alphas }: MeasureSection): TextTable {
  return table(sweptRows(rows), [
    ...nameColumns(model, true),
    right("base", (row) => figureText(row.base)),
    ...alphas.map((alpha) => rightCell<ComparisonRow>(String(alpha), (row) => pointCell(row, alpha))),
  ]);
}

/** The same with a row for every alpha and a column for every one of `rows`, for pages that are not wide. */
export function sweepColumns(model: ReportModel, { rows, alphas }: MeasureSection, { system }: NameOptions): TextTable {
  const points: readonly (number | undefined)[] = [undefined, ...alphas];
  return table(points, [
    left("alpha", (alpha) => pointName(alpha, model.declaredAlpha)),
    ...rows.map((row) =>
      rightCell<number | undefined>(
        [...(system ? systemText(model, row) : []), datasetText(row)].join("\n"),
        (alpha) => (alpha === undefined ? { text: figureText(row.base) } : pointCell(row, alpha)),
      ),
    ),
  ]);
}

/** Rows that have a sweep. */
export function sweptRows(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  return rows.filter(({ sweep }) => sweep.length > 0);
}

export function coverageTable({ coverage }: ReportModel): TextTable {
  return table(coverage, [
    left("scenarios", ({ name }) => name),
    left("dataset", ({ dataset }) => dataset),
    right("documents", ({ documents }) => countText(documents)),
    right("covered", ({ covered, documents }) => `${countText(covered)} (${shareText(covered, documents)})`),
    right("noise\nonly", ({ noise }) => countText(noise)),
    right("without\nscenario", ({ without }) => countText(without)),
    right("failed", ({ failed }) => countText(failed)),
    right("scenarios\nin all", ({ scenarios }) => countText(scenarios)),
    right("per covered document:\nmin / median / max", ({ perDocument: { min, median, max } }) =>
      [min, median, max].join(" / "),
    ),
    right("foreign", ({ foreign }) => countText(foreign)),
  ]);
}

export function expansionTable({ expansions }: ReportModel): TextTable {
  return table(expansions, [
    left("queries", ({ name }) => name),
    left("dataset", ({ dataset }) => dataset),
    left("kind", ({ kind }) => kind),
    left("texts by", ({ model }) => model ?? RECORDED),
    right("number", ({ queries }) => countText(queries)),
    right("expanded", ({ expanded, queries }) => `${countText(expanded)} (${shareText(expanded, queries)})`),
    right("texts each", ({ samples }) => countText(samples)),
    right("missing", ({ missing }) => countText(missing)),
    right("cut", ({ cut }) => countText(cut)),
    right("stripped", ({ stripped }) => countText(stripped)),
  ]);
}

export function queryCountTable({ queryCounts, axes }: ReportModel): TextTable {
  return table(queryCounts, [
    left("dataset", ({ dataset }) => dataset),
    ...(axes.varying.includes("queries")
      ? [left<(typeof queryCounts)[number]>("queries", ({ queries }) => queries)]
      : []),
    right("judged", ({ judged }) => countText(judged)),
    right("answered", ({ answered }) => countText(answered)),
    right("missing", ({ missing }) => countText(missing)),
    right("unjudged", ({ unjudged }) => countText(unjudged)),
    right("cells", ({ cells }) => countText(cells)),
    left("retrievers", ({ retrievers }) => retrievers.join(", ")),
  ]);
}

export function datasetTable({ datasets }: ReportModel): TextTable {
  return table(datasets, [
    left("dataset", ({ id }) => id),
    right("documents", ({ documents }) => countText(documents)),
    right("queries", ({ queries }) => countText(queries)),
    right("judgements", ({ judgements }) => countText(judgements)),
    left("policy", ({ policy }) => policy),
  ]);
}

/** Columns that say what a row is about. */
export function nameColumns({ axes }: ReportModel, system: boolean): Column<ComparisonRow>[] {
  if (!system) return [left("dataset", datasetText)];
  return [
    left("retriever", ({ retriever }) => retriever),
    left("dataset", datasetText),
    ...axes.varying.map((axis) => left<ComparisonRow>(axis, (row) => row[axis] ?? NOTHING)),
  ];
}

function systemText({ axes }: ReportModel, row: ComparisonRow): readonly string[] {
  return [row.retriever, ...axes.varying.map((axis) => row[axis] ?? NOTHING)];
}

function datasetText({ dataset }: ComparisonRow): string {
  return dataset;
}

function pointName(alpha: number | undefined, declared: number | undefined): string {
  if (alpha === undefined) return "base";
  return alpha === declared ? `${alpha} (declared)` : String(alpha);
}

function pointCell({ sweep }: ComparisonRow, alpha: number): TableCell {
  const point = sweep.find((one) => one.alpha === alpha);
  return point === undefined ? { text: NOTHING } : { text: figureText(point.figure), mark: point.mark };
}

export function figureText(figure: Figure): string {
  if (figure.kind === "value") return valueText(figure.value);
  return figure.kind === "failed" ? "failed" : NOTHING;
}
