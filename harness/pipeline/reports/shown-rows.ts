import { crossFitQueries } from "../../compare/alpha-choice.ts";
import { type QueryId, queryId } from "../../domain/ids.ts";
import type { Qrels } from "../../domain/qrels.ts";
import type { CellResult, ExperimentResult } from "../../domain/result.ts";
import type { SpikeComparison } from "../../domain/spike-comparison.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { sameAlpha } from "../../report/comparison-rows.ts";
import type { ShownAnswer, ShownRow } from "../../report/page/page-source.ts";
import { groupCells, type RowGroup, type RowKey } from "../../report/row-groups.ts";
import type { CellLayout } from "../../storage/layout.ts";
import { readValuesByMeasure } from "../run/cell-values.ts";
import { readValues } from "../run/evaluate-cell.ts";
import type { Workspace } from "../workspace.ts";
import { meanRecall, type RankingDigest, RECALL_DEPTHS, readDigests } from "./ranking-digest.ts";

export type ShownRowsSource = {
  readonly result: ExperimentResult;
  readonly place: (cell: CellResult) => CellPlace;
  /** Judgements by dataset; without them rankings are not read, and rows hold values alone. */
  readonly gold: ReadonlyMap<string, Qrels>;
};

/** The files of a finished cell, and how they spell ids. */
export type CellPlace = { readonly files: CellLayout; readonly ids: ExperimentPlan["ids"] };

/** The cells of a row and how its alpha came about. */
type Row = { readonly key: RowKey; readonly cells: RowGroup["rows"][number] };

/** A cell for every query; the same one unless folds have alphas of their own. */
type Choice = { readonly kind: "fixed" | "cross-fitted"; cellOf(query: QueryId): CellResult | undefined };

/**
 * What a page shows of every row, from the files of its cells. Under cross-fitting a query is shown at the alpha of its own
 * fold, as chosen for the first measure.
 *
 * @throws {HarnessError} whatever is wrong with a file of a finished cell
 */
export async function readShownRows(
  source: ShownRowsSource,
  { progress, signal }: Pick<Workspace, "progress" | "signal">,
): Promise<readonly ShownRow[]> {
  const rows = groupCells(source.result).flatMap(({ rows: own, ...key }) => own.map((cells) => ({ key, cells })));
  const shown: ShownRow[] = [];
  const task = progress.start("gathering the page", rows.length, "rows");
  for (const [index, row] of rows.entries()) {
    signal?.throwIfAborted();
    if (row.cells.base?.status === "done") shown.push(await readRow(row, row.cells.base, source));
    task.update(index + 1);
  }
  task.end();
  return shown;
}

async function readRow({ key, cells }: Row, base: CellResult, source: ShownRowsSource): Promise<ShownRow> {
  const choice = await chooseCells({ key, cells }, source);
  const baseCell = await readCell(base, source);
  const chosen = new Map<CellResult, ReadCell>();
  for (const [cell, queries] of queriesByCell(baseCell, choice))
    chosen.set(cell, await readCell(cell, source, queries));
  const answers = new Map<QueryId, ShownAnswer>();
  const spikeRecall: (readonly number[])[] = [];
  for (const [query, ranking] of baseCell.rankings) {
    const cell = choice?.cellOf(query);
    const spike = cell && chosen.get(cell)?.rankings.get(query);
    const alpha = cell?.alpha ?? undefined;
    answers.set(query, { base: ranking, spike: spike && alpha !== undefined ? { ...spike, alpha } : undefined });
    if (spike !== undefined) spikeRecall.push(spike.recall);
  }
  const longest = Math.max(baseCell.longest, ...Array.from(chosen.values(), (one) => one.longest));
  const depths = RECALL_DEPTHS.filter((depth) => depth <= longest);
  return {
    ...key,
    ...{ dataset: cells.dataset, choice: choice?.kind, answers },
    recall: {
      depths,
      base: meanRecall(Array.from(baseCell.rankings.values(), ({ recall }) => recall)).slice(0, depths.length),
      spike: choice === undefined ? undefined : meanRecall(spikeRecall).slice(0, depths.length),
    },
  };
}

/** The queries that each cell is shown for: under cross-fitting a cell's ranking of the others is not read. */
function queriesByCell(base: ReadCell, choice: Choice | undefined): ReadonlyMap<CellResult, ReadonlySet<QueryId>> {
  const byCell = new Map<CellResult, Set<QueryId>>();
  for (const query of base.rankings.keys()) {
    const cell = choice?.cellOf(query);
    if (cell !== undefined) byCell.set(cell, (byCell.get(cell) ?? new Set()).add(query));
  }
  return byCell;
}

type ReadCell = {
  readonly rankings: ReadonlyMap<QueryId, RankingDigest & { readonly values: Readonly<Record<string, number>> }>;
  readonly longest: number;
};

/** @param queries those that are wanted; all without it */
async function readCell(
  cell: CellResult,
  { result, place, gold }: ShownRowsSource,
  queries?: ReadonlySet<QueryId>,
): Promise<ReadCell> {
  const { files, ids } = place(cell);
  const values = await readValues(files.values);
  const policy = result.datasets.find(({ id }) => id === cell.dataset)?.policy;
  const qrels = gold.get(cell.dataset);
  const digests =
    qrels === undefined || policy === undefined ? undefined : await readDigests(files, { ids, qrels, policy, queries });
  const rankings = Array.from(values, ([query, own]) => {
    const digest = digests?.byQuery.get(queryId(query)) ?? { hits: [], goldRanks: new Map(), recall: [] };
    return [queryId(query), { ...digest, values: own }] as const;
  });
  return { rankings: new Map(rankings), longest: digests?.longest ?? 0 };
}

/** The cell of each query whose ranking stands for SPIKE: that of the declared alpha, or of its fold's. */
async function chooseCells({ key, cells }: Row, source: ShownRowsSource): Promise<Choice | undefined> {
  const { comparison, measures } = source.result;
  const compared = comparison?.rows.find(
    (row) => isSameSystem(row, key) && row.dataset === cells.dataset && row.measure === measures[0],
  );
  const done = cells.spike.filter(({ status }) => status === "done");
  const at = (alpha: number | undefined) =>
    done.find((cell) => alpha !== undefined && cell.alpha !== null && sameAlpha(cell.alpha, alpha));
  const declared = comparison?.declaration.alpha;
  if (declared === undefined || compared === undefined) return undefined;
  if (declared !== "cross-fitted") {
    const cell = at(declared);
    return cell && { kind: "fixed", cellOf: () => cell };
  }
  if (compared.crossFitted === null) return undefined;
  if (comparison?.declaration.crossFit === "datasets") {
    const cell = at(compared.crossFitted.alphas[0]);
    return { kind: "cross-fitted", cellOf: () => cell };
  }
  const byQuery = await foldAlphas(done, compared, source);
  return { kind: "cross-fitted", cellOf: (query) => at(byQuery.get(query)) };
}

/** The comparison's own choice once more: a result tells the alphas of the folds, not whose they are. */
async function foldAlphas(
  cells: readonly CellResult[],
  { measure, dataset, retriever, crossFitted }: SpikeComparison,
  { place, result }: ShownRowsSource,
): Promise<ReadonlyMap<QueryId, number>> {
  const ids = new Map<string, QueryId>();
  const points: { alpha: number; values: ReadonlyMap<QueryId, number> }[] = [];
  for (const cell of cells) {
    const values = (await readValuesByMeasure(place(cell).files.values, ids)).get(measure);
    if (cell.alpha !== null && values !== undefined) points.push({ alpha: cell.alpha, values });
  }
  const origin = { dataset, system: retriever, policyHash: "", qrelsSha256: "" };
  const { seed } = result.comparison?.declaration ?? {};
  return crossFitQueries({ ...origin, points }, { folds: crossFitted?.alphas.length, seed }).byQuery;
}

function isSameSystem(row: SpikeComparison, key: RowKey): boolean {
  return (
    row.retriever === key.retriever &&
    row.queries === key.queries &&
    row.scenarios === (key.scenarios ?? null) &&
    row.fusion === (key.fusion ?? null)
  );
}
