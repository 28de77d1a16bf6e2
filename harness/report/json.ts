import type { EncodingWork } from "../domain/encoding-work.ts";
import type { CellResult } from "../domain/result.ts";

/** A cell as a command ended it, its `run` a path that the caller can open. `cached`: its run was on disk already and was not computed again. */
export type EndedCell = { readonly cell: CellResult; readonly cached: boolean };

/** What `run --format json` prints. `result` is the path of `result.json`; cells keep the order of the matrix. */
export type RunOutcome = {
  readonly name: string;
  readonly result: string;
  readonly cells: readonly EndedCell[];
  /** What this run encoded, at what cost. */
  readonly encoding: readonly EncodingWork[];
};

/** The text of `run --format json`: one object, indented, with a final line end. */
export function renderRunJson({ name, result, cells, encoding }: RunOutcome): string {
  return `${JSON.stringify({ name, result, cells: cells.map(cellObject), encoding }, undefined, 2)}\n`;
}

/** One cell as a line of `run --format ndjson`, with its line end: the same object as in `renderRunJson`. */
export function ndjsonLine(ended: EndedCell): string {
  return `${JSON.stringify(cellObject(ended))}\n`;
}

/** Members in the order a reader looks for them. */
function cellObject({ cell, cached }: EndedCell): Readonly<Record<string, unknown>> {
  return {
    retriever: cell.retriever,
    dataset: cell.dataset,
    queries: cell.queries,
    scenarios: cell.scenarios,
    fusion: cell.fusion,
    alpha: cell.alpha,
    system: cell.system,
    status: cell.status === "done" && cached ? "cached" : cell.status,
    error: cell.error,
    values: cell.values,
    run: cell.run,
  };
}
