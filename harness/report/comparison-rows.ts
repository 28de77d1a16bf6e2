import type { CellResult, DatasetGroup } from "../domain/result.ts";
import type { SpikeComparison } from "../domain/spike-comparison.ts";
import { hasMacroMean, type RowGroup, type RowKey } from "./row-groups.ts";
import type { RowTest, RowTests } from "./row-tests.ts";

/** A value as a table shows it. `failed`: its cell, or a cell of its mean, failed. `absent`: there is no such cell. */
export type Figure =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "failed" }
  | { readonly kind: "absent" };

/** `mark` is the place among the values of one sweep, by unrounded value; a sweep of equal values has none. */
export type SweepPoint = {
  readonly alpha: number;
  readonly figure: Figure;
  readonly mark: "best" | "second" | undefined;
};

/** One retriever on one dataset, with and without one scenario set and fusion, in one measure. */
export type ComparisonRow = RowKey & {
  /** A dataset's id, or what the row is the mean of. */
  readonly dataset: string;
  /** Whether the row is a mean over rows above it, each with equal weight. */
  readonly isMean: boolean;
  readonly base: Figure;
  /** SPIKE at the alpha that was declared as a number. */
  readonly declared: Figure;
  /** SPIKE at alphas chosen on other queries or datasets; a mean has no alphas of its own. */
  readonly crossFitted: { readonly figure: Figure; readonly alphas: readonly number[] };
  /** Which of the two is tested: what the comparison declares. */
  readonly claimed: Figure;
  readonly test: RowTest | undefined;
  /** Claimed minus base; `relative` is a fraction of the base, absent where the base is 0. */
  readonly difference: { readonly absolute: number; readonly relative: number | undefined } | undefined;
  /** Best point of the sweep, chosen on the test queries; of equal points the one with the largest alpha. */
  readonly oracle: { readonly alpha: number; readonly value: number } | undefined;
  /** Alpha ascending; empty where the matrix has a base cell only. */
  readonly sweep: readonly SweepPoint[];
};

/** Values closer than this are equal: means over the same queries may differ in the last bits. */
const TIE = 1e-9;

const ABSENT: Figure = { kind: "absent" };
const FAILED: Figure = { kind: "failed" };

/** The rows of one measure, those of each system followed by its means. */
export function comparisonRows(groups: readonly RowGroup[], measure: string, options: RowOptions): ComparisonRow[] {
  return groups.flatMap((group) => {
    const rows = group.rows.map(({ dataset, base, spike }) => {
      const points = spike.map((cell) => ({ alpha: cell.alpha ?? Number.NaN, figure: figureOf(cell, measure) }));
      const compared = options.tests.row(group, { dataset, measure });
      const test = compared === undefined ? undefined : options.tests.test(compared);
      const crossFitted = fittedOf(compared);
      const figures = { dataset, isMean: false, base: figureOf(base, measure), points, crossFitted, test };
      return comparisonRow(group, figures, options);
    });
    return [...rows, ...meanRows(group, { rows, measure }, options)];
  });
}

/** `datasets` is how many the experiment has; `means` are the groups that it declares, inner ones first. */
export type RowOptions = {
  readonly declaredAlpha: number | undefined;
  readonly tests: RowTests;
  readonly datasets: number;
  readonly means: readonly DatasetGroup[];
  /** Policy hash by dataset; datasets under different ones have no mean. Undefined allows it. */
  readonly policies: ReadonlyMap<string, string> | undefined;
};

/** Whether a mean over these datasets would mix evaluation policies that may not be mixed. */
export function mixesPolicies(datasets: readonly string[], policies: RowOptions["policies"]): boolean {
  return policies !== undefined && new Set(datasets.flatMap((dataset) => policies.get(dataset) ?? [])).size > 1;
}

type RowsOfMeasure = { readonly rows: readonly ComparisonRow[]; readonly measure: string };

/** A mean for every declared group whose members are all there; without groups one over all datasets. */
function meanRows(group: RowGroup, { rows, measure }: RowsOfMeasure, options: RowOptions): readonly ComparisonRow[] {
  if (options.means.length === 0) {
    const mixed = mixesPolicies(
      rows.map(({ dataset }) => dataset),
      options.policies,
    );
    if (mixed || !hasMacroMean(group, options.datasets)) return [];
    const test = options.tests.mean(group, { group: null, measure });
    return [meanRow(group, { label: "macro mean", rows, options, test })];
  }
  const known = new Map(rows.map((row) => [row.dataset, row]));
  const leaves = new Map(rows.map(({ dataset }) => [dataset, [dataset]]));
  return options.means.flatMap(({ name, members }) => {
    const own = members.flatMap((member) => known.get(member) ?? []);
    const datasets = members.flatMap((member) => leaves.get(member) ?? []);
    leaves.set(name, datasets);
    if (own.length < members.length || mixesPolicies(datasets, options.policies)) return [];
    const label = `${name} (mean of ${members.length})`;
    const test = options.tests.mean(group, { group: name, measure });
    const row = meanRow(group, { label, rows: own, options, test });
    known.set(name, row);
    return [row];
  });
}

/** Whether two alphas name the same point; a spec may hold a rounded fraction. */
export function sameAlpha(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}

type RowFigures = Pick<ComparisonRow, "dataset" | "isMean" | "base" | "crossFitted" | "test"> & {
  readonly points: readonly Pick<SweepPoint, "alpha" | "figure">[];
};

function comparisonRow(
  { retriever, queries, scenarios, fusion }: RowKey,
  { points, ...figures }: RowFigures,
  { declaredAlpha }: RowOptions,
): ComparisonRow {
  const point = points.find(({ alpha }) => declaredAlpha !== undefined && sameAlpha(alpha, declaredAlpha));
  const declared = point?.figure ?? ABSENT;
  const places = distinctDescending(points.map(({ figure }) => figure));
  const oracle = points.findLast(({ figure }) => isAt(figure, places[0]));
  const sweep = points.map((one) => ({ ...one, mark: markOf(one.figure, places) }));
  const claimed = declaredAlpha === undefined ? figures.crossFitted.figure : declared;
  return {
    ...{ retriever, queries, scenarios, fusion, ...figures, declared, claimed, sweep },
    difference: differenceOf(figures.base, claimed),
    oracle: oracle === undefined || places[0] === undefined ? undefined : { alpha: oracle.alpha, value: places[0] },
  };
}

type MeanOf = {
  readonly label: string;
  readonly rows: readonly ComparisonRow[];
  readonly options: RowOptions;
  readonly test: RowTest | undefined;
};

/** Every figure of it is over all its rows, or it is no value: a failed cell is never left out of a mean. */
function meanRow(key: RowKey, { label, rows, options, test }: MeanOf): ComparisonRow {
  const alphas = [...new Set(rows.flatMap(({ sweep }) => sweep.map(({ alpha }) => alpha)))].sort((a, b) => a - b);
  const points = alphas.map((alpha) => ({
    alpha,
    figure: meanOf(rows.map(({ sweep }) => sweep.find((point) => point.alpha === alpha)?.figure ?? ABSENT)),
  }));
  const base = meanOf(rows.map((row) => row.base));
  const crossFitted = { figure: meanOf(rows.map((row) => row.crossFitted.figure)), alphas: [] };
  return comparisonRow(key, { dataset: label, isMean: true, base, points, crossFitted, test }, options);
}

function fittedOf(compared: SpikeComparison | undefined): ComparisonRow["crossFitted"] {
  const fitted = compared?.crossFitted;
  if (fitted == null) return { figure: ABSENT, alphas: [] };
  return { figure: { kind: "value", value: fitted.mean }, alphas: fitted.alphas };
}

function meanOf(figures: readonly Figure[]): Figure {
  let sum = 0;
  for (const figure of figures) {
    if (figure.kind !== "value") return figures.some(({ kind }) => kind === "failed") ? FAILED : ABSENT;
    sum += figure.value;
  }
  return { kind: "value", value: sum / figures.length };
}

function figureOf(cell: CellResult | undefined, measure: string): Figure {
  if (cell?.status === "failed") return FAILED;
  const value = cell?.values[measure];
  return value === undefined ? ABSENT : { kind: "value", value };
}

function differenceOf(base: Figure, declared: Figure): ComparisonRow["difference"] {
  if (base.kind !== "value" || declared.kind !== "value") return undefined;
  const absolute = declared.value - base.value;
  return { absolute, relative: base.value === 0 ? undefined : absolute / base.value };
}

function distinctDescending(figures: readonly Figure[]): readonly number[] {
  const values = figures.flatMap((figure) => (figure.kind === "value" ? [figure.value] : []));
  const places: number[] = [];
  for (const value of values.sort((a, b) => b - a)) {
    if (places.every((place) => place - value >= TIE)) places.push(value);
  }
  return places;
}

/** Which figures are best and second best, by unrounded value; none where all are equal. */
export function marksOf(figures: readonly Figure[]): readonly SweepPoint["mark"][] {
  const places = distinctDescending(figures);
  return figures.map((figure) => markOf(figure, places));
}

function isAt(figure: Figure, place: number | undefined): boolean {
  return figure.kind === "value" && place !== undefined && Math.abs(figure.value - place) < TIE;
}

function markOf(figure: Figure, [best, second]: readonly number[]): SweepPoint["mark"] {
  if (second === undefined) return undefined;
  return isAt(figure, best) ? "best" : isAt(figure, second) ? "second" : undefined;
}
