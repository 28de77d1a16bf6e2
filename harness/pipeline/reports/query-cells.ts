import type { CellResult, ExperimentResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { sameAlpha } from "../../report/comparison-rows.ts";

/** Axes that a cell has to have; those that are left out may be any. */
export type ViewChoice = {
  readonly dataset?: string | undefined;
  readonly retriever?: string | undefined;
  readonly queries?: string | undefined;
  readonly scenarios?: string | undefined;
  readonly fusion?: string | undefined;
  /** The declared one unless told, else the one that most folds have chosen. */
  readonly alpha?: number | undefined;
  /** Hits of each ranking. */
  readonly hits: number;
};

/** A retriever's cells on a dataset: alone, and with one scenario set and fusion. */
export type Pair = { readonly base: CellResult; readonly spike: CellResult | undefined };

/**
 * The cells to look at.
 *
 * @throws {HarnessError} `USAGE` when no finished cell fits
 */
export function choosePairs(
  { path, result }: { readonly path: string; readonly result: ExperimentResult },
  choice: ViewChoice,
): readonly Pair[] {
  const fits = (cell: CellResult) =>
    cell.status === "done" &&
    (["dataset", "retriever", "queries"] as const).every(
      (axis) => choice[axis] === undefined || choice[axis] === cell[axis],
    );
  const cells = result.cells.filter(fits);
  const wantsSpike = choice.scenarios !== undefined || choice.fusion !== undefined || choice.alpha !== undefined;
  const pairs = cells
    .filter(({ alpha }) => alpha === null)
    .flatMap((base): readonly Pair[] => {
      const spikes = chosenCells(cells, base, { result, choice });
      if (spikes.length > 0) return spikes.map((spike) => ({ base, spike }));
      return wantsSpike ? [] : [{ base, spike: undefined }];
    });
  if (pairs.length > 0) return pairs;
  throw new HarnessError("USAGE", "expected a finished cell of the axes that are asked for, found none.", {
    where: path,
    hint: `It has ${[...new Set(result.cells.map(({ system, dataset }) => `${system} on ${dataset}`))].slice(0, 12).join(", ")}.`,
  });
}

/** One cell for each scenario set and fusion of a base. */
function chosenCells(
  cells: readonly CellResult[],
  base: CellResult,
  { result, choice }: { readonly result: ExperimentResult; readonly choice: ViewChoice },
): readonly CellResult[] {
  const own = cells.filter(
    (cell) =>
      cell.alpha !== null &&
      (["dataset", "retriever", "queries"] as const).every((axis) => cell[axis] === base[axis]) &&
      (["scenarios", "fusion"] as const).every((axis) => choice[axis] === undefined || choice[axis] === cell[axis]),
  );
  const systems = new Map(own.map((cell) => [JSON.stringify([cell.scenarios, cell.fusion]), cell]));
  return Array.from(systems.values()).flatMap((system) => {
    const points = own.filter(({ scenarios, fusion }) => scenarios === system.scenarios && fusion === system.fusion);
    const alpha = choice.alpha ?? declaredAlpha(system, result);
    return points
      .filter((cell) => cell.alpha !== null && alpha !== undefined && sameAlpha(cell.alpha, alpha))
      .slice(0, 1);
  });
}

/** The alpha that was declared; else, of those that folds have chosen for the first measure, the most frequent. */
function declaredAlpha(cell: CellResult, { comparison, declaredAlpha: declared, measures }: ExperimentResult) {
  if (declared !== null) return declared;
  const row = comparison?.rows.find(
    (one) =>
      one.measure === measures[0] &&
      (["dataset", "retriever", "queries", "scenarios", "fusion"] as const).every((axis) => one[axis] === cell[axis]),
  );
  const counts = new Map<number, number>();
  for (const alpha of row?.crossFitted?.alphas ?? []) counts.set(alpha, (counts.get(alpha) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || b - a)[0]?.[0];
}
