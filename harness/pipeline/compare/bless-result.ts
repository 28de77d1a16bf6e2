import type { CellResult } from "../../domain/result.ts";
import { compareIds } from "../../domain/run.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { baselineFile } from "../../storage/layout.ts";
import { type CellValues, readCellValues } from "../run/cell-values.ts";
import { type Baseline, writeBaseline } from "./baseline.ts";
import { readResult } from "./read-result.ts";

/**
 * Writes the baseline of a result, `reports/baselines/<name>.json` unless another path is given.
 *
 * @returns its path
 * @throws {HarnessError} as `readResult`; `DATA_INVALID` for a result with failed cells; `FAMILY_EMPTY` for one without cells
 */
export async function blessResult(
  resultFile: string,
  { out, path }: { readonly out: string; readonly path?: string | undefined },
): Promise<string> {
  const result = await readResult(resultFile);
  const failed = result.cells.find(({ status }) => status === "failed");
  if (failed !== undefined) {
    throw new HarnessError("DATA_INVALID", `expected a result without failed cells, found \`${failed.system}\`.`, {
      where: resultFile,
    });
  }
  if (result.cells.length === 0) {
    throw new HarnessError("FAMILY_EMPTY", "expected a result with cells, found none.", { where: resultFile });
  }
  const queries = new Map<string, readonly string[]>();
  const cells: Baseline["cells"] = [];
  for (const cell of result.cells) cells.push(await blessCell(resultFile, cell, queries));
  const datasets = result.datasets.map(({ id, corpusSha256, qrelsSha256, policyHash }) => {
    return { id, corpusSha256, qrelsSha256, policyHash, queries: [...(queries.get(id) ?? [])] };
  });
  const target = path ?? baselineFile(out, result.name);
  await writeBaseline(target, { name: result.name, result: result.id, datasets, cells });
  return target;
}

/** @param queries of the datasets seen so far, in the order of their values */
async function blessCell(
  resultFile: string,
  cell: CellResult,
  queries: Map<string, readonly string[]>,
): Promise<Baseline["cells"][number]> {
  const byMeasure = await readCellValues(resultFile, cell);
  const ids = queries.get(cell.dataset) ?? queriesOf(byMeasure);
  queries.set(cell.dataset, ids);
  const values = Array.from(byMeasure, ([measure, own]) => {
    const known = new Map<string, number>(own);
    return [measure, ids.map((id) => known.get(id) ?? Number.NaN)] as const;
  });
  const { retriever, dataset } = cell;
  return { cell: cellId(cell), retriever, dataset, values: Object.fromEntries(values) };
}

function queriesOf(values: CellValues): readonly string[] {
  const [first] = values.values();
  return [...(first?.keys() ?? [])].sort(compareIds);
}
