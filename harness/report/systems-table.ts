import { type ComparisonRow, type Figure, marksOf } from "./comparison-rows.ts";
import type { MeasureSection, ReportModel } from "./report-model.ts";
import { figureText } from "./report-tables.ts";
import { type Axis, groupBy } from "./row-groups.ts";
import { isSignificant } from "./row-tests.ts";
import { left, NOTHING, rightCell, type TableCell, type TextTable, table } from "./text-table.ts";

/** A dataset or a mean of datasets, and the key that tells a dataset from a mean of the same name. */
type Place = { readonly name: string; readonly key: string };

/** A retriever alone, or with scenarios. `figures` by the key of their place. */
type System = {
  readonly row: ComparisonRow;
  readonly isBase: boolean;
  readonly figures: ReadonlyMap<string, { readonly figure: Figure; readonly isSignificant: boolean }>;
};

/**
 * The table a paper prints: a row for every retriever alone and with SPIKE as claimed, a column for every dataset and
 * mean. Marks are by column and unrounded value; a dagger is on a SPIKE value whose difference to its base is significant.
 */
export function systemsTable(model: ReportModel, { rows }: MeasureSection): TextTable {
  const systems = systemsOf(model, rows);
  const places = [...new Map(rows.map((row) => [placeKey(row), { name: row.dataset, key: placeKey(row) }])).values()];
  const columns = places.map((place) => columnOf(place, systems));
  const lines = systems.map((system, at) => ({
    system,
    cells: columns.map((column) => column[at] ?? { text: NOTHING }),
  }));
  type Line = (typeof lines)[number];
  const { varying } = model.axes;
  return table(lines, [
    left("retriever", ({ system }) => system.row.retriever),
    ...(varying.includes("queries") ? [left<Line>("queries", ({ system }) => system.row.queries)] : []),
    left("system", ({ system }) => systemLabel(system, varying)),
    ...places.map(({ name }, column) => rightCell<Line>(name, ({ cells }) => cells[column] ?? { text: NOTHING })),
  ]);
}

/** How many columns of a systems' table stand before the values. */
export function systemColumns({ axes }: ReportModel): number {
  return axes.varying.includes("queries") ? 3 : 2;
}

function systemsOf({ claim }: ReportModel, rows: readonly ComparisonRow[]): readonly System[] {
  const byRetriever = groupBy(rows, ({ retriever, queries }) => JSON.stringify([retriever, queries]));
  return byRetriever.flatMap((ofRetriever) => {
    const base = systemOf(ofRetriever, true);
    const swept = ofRetriever.filter(({ sweep }) => sweep.length > 0);
    const bySet = groupBy(swept, ({ scenarios, fusion }) => JSON.stringify([scenarios, fusion]));
    return [base, ...(claim === undefined ? [] : bySet.map((own) => systemOf(own, false)))].flat();
  });
}

function systemOf(rows: readonly ComparisonRow[], isBase: boolean): readonly System[] {
  const figures = rows.map((row) => {
    const own = isBase
      ? { figure: row.base, isSignificant: false }
      : { figure: row.claimed, isSignificant: isSignificant(row.test) };
    return [placeKey(row), own] as const;
  });
  return rows.slice(0, 1).map((row) => ({ row, isBase, figures: new Map(figures) }));
}

function columnOf({ key }: Place, systems: readonly System[]): readonly TableCell[] {
  const own = systems.map(({ figures }) => figures.get(key));
  const marks = marksOf(own.map((one) => one?.figure ?? { kind: "absent" }));
  return own.map((one, at) => {
    if (one === undefined) return { text: NOTHING };
    return { text: `${figureText(one.figure)}${one.isSignificant ? "†" : ""}`, mark: marks[at] };
  });
}

function systemLabel({ row, isBase }: System, varying: readonly Axis[]): string {
  if (isBase) return "base";
  const parts = varying.flatMap((axis) => (axis === "queries" || row[axis] === undefined ? [] : [row[axis]]));
  return parts.length === 0 ? "+ SPIKE" : `+ SPIKE (${parts.join(", ")})`;
}

function placeKey({ dataset, isMean }: ComparisonRow): string {
  return JSON.stringify([dataset, isMean]);
}
