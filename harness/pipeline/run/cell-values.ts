import { dirname, join } from "node:path";
import { type QueryId, queryId } from "../../domain/ids.ts";
import type { CellResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { readValues } from "./evaluate-cell.ts";

/** Values by measure, then by query. */
export type CellValues = ReadonlyMap<string, ReadonlyMap<QueryId, number>>;

/** Means are summed in one order by every writer. */
const ROUNDING = 1e-12;

/**
 * Values of a finished cell, from the file beside its run.
 *
 * @param resultFile the result that names the cell
 * @throws {HarnessError} as `readCheckedValues`
 */
export async function readCellValues(resultFile: string, cell: CellResult): Promise<CellValues> {
  const path = join(dirname(resultFile), cellId(cell), "values.jsonl");
  return valuesByMeasure(await readCheckedValues(path, cell), new Map());
}

/**
 * Values of a finished cell by query, as its file has them.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` when the values are not those whose means the
 *   result has
 */
export async function readCheckedValues(path: string, cell: CellResult): ReturnType<typeof readValues> {
  const perQuery = await readValues(path);
  for (const [measure, expected] of Object.entries(cell.values)) {
    const own = [...perQuery.values()].flatMap((values) => values[measure] ?? []);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    if (own.length === cell.counts?.judged && Math.abs(mean - expected) < ROUNDING) continue;
    throw new HarnessError("DATA_INVALID", `expected values of ${measure} with the mean ${expected}, found ${mean}.`, {
      where: path,
      hint: "Run the experiment again: the file changed since the result was written.",
    });
  }
  return perQuery;
}

/** @param ids one text for every query, shared by cells: a matrix holds each many times */
export async function readValuesByMeasure(path: string, ids: Map<string, QueryId>): Promise<CellValues> {
  return valuesByMeasure(await readValues(path), ids);
}

function valuesByMeasure(perQuery: Awaited<ReturnType<typeof readValues>>, ids: Map<string, QueryId>): CellValues {
  const byMeasure = new Map<string, Map<QueryId, number>>();
  for (const [query, own] of perQuery) {
    const id = ids.get(query) ?? queryId(query);
    ids.set(query, id);
    for (const [measure, value] of Object.entries(own)) {
      const values = byMeasure.get(measure) ?? new Map<QueryId, number>();
      byMeasure.set(measure, values.set(id, value));
    }
  }
  return byMeasure;
}
