import type { AlphaChoice, SystemValues, ValueOrigin } from "../domain/comparison.ts";
import type { QueryId } from "../domain/ids.ts";
import { HarnessError } from "../errors.ts";
import { createRandomSource } from "../runtime/seeded-random.ts";
import { TIE } from "./effect-size.ts";
import { sharedQueries, valuesOf } from "./paired-values.ts";

/** One system at every alpha of a grid, on one dataset, in one measure. */
export type AlphaSweep = ValueOrigin & {
  readonly system: string;
  /** Alpha ascending. */
  readonly points: readonly { readonly alpha: number; readonly values: ReadonlyMap<QueryId, number> }[];
};

/** Values at an alpha that was chosen in an honest or a declared way; `alphaChoice` says how. */
export type ChosenValues = {
  readonly values: SystemValues & { readonly alphaChoice: AlphaChoice };
  /** What was chosen: one alpha, or one for each fold. */
  readonly alphas: readonly number[];
  /** The alpha of every query's value. */
  readonly byQuery: ReadonlyMap<QueryId, number>;
};

export type FoldOptions = { readonly folds?: number | undefined; readonly seed?: number | undefined };

/** Values at an alpha declared before the run. @throws {HarnessError} `SPEC_INVALID` when the grid lacks it */
export function fixedAlpha(sweep: AlphaSweep, alpha: number): ChosenValues {
  const point = sweep.points.find((one) => Math.abs(one.alpha - alpha) < TIE);
  if (point === undefined) {
    const known = sweep.points.map((one) => one.alpha).join(", ");
    const found = `expected an alpha of the sweep (${known}), got ${alpha}.`;
    throw new HarnessError("SPEC_INVALID", found, { where: `${sweep.system} on ${sweep.dataset}` });
  }
  return chosenPoint(sweep, point, "fixed");
}

/** Values at the alpha that is best on the very queries it is measured on. @throws as `sweepTable` */
export function oracleAlpha(sweep: AlphaSweep): ChosenValues {
  const { ids, rows } = sweepTable(sweep);
  return chosenAt(sweep, bestPoint(rows.map((row) => meanAt(row, ids.keys()))), "oracle");
}

/**
 * Every query's value at the alpha that is best on the other folds' queries. Folds are dealt in an order that the seed and
 * the query ids decide; their sizes differ by one at most.
 *
 * @throws {HarnessError} `SPEC_INVALID` unless there are 2 to n folds; or as `sweepTable`
 */
export function crossFitQueries(sweep: AlphaSweep, { folds = 5, seed = 1 }: FoldOptions = {}): ChosenValues {
  const { ids, rows } = sweepTable(sweep);
  if (!Number.isInteger(folds) || folds < 2 || folds > ids.length) {
    const found = `expected 2 to ${ids.length} folds of queries, got ${folds}.`;
    throw new HarnessError("SPEC_INVALID", found, { where: `${sweep.system} on ${sweep.dataset}` });
  }
  const order = shuffled(ids, seed, sweep.dataset);
  const values = new Map<QueryId, number>();
  const byQuery = new Map<QueryId, number>();
  const alphas: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const training = order.filter((_, at) => at % folds !== fold);
    const point = bestPoint(rows.map((row) => meanAt(row, training)));
    const alpha = sweep.points[point]?.alpha ?? 0;
    alphas.push(alpha);
    for (const query of order.filter((_, at) => at % folds === fold)) {
      const id = ids[query];
      if (id === undefined) continue;
      values.set(id, rows[point]?.[query] ?? 0);
      byQuery.set(id, alpha);
    }
  }
  const { points: _, ...origin } = sweep;
  return { values: { ...origin, values, alphaChoice: "cross-fitted" }, alphas, byQuery };
}

/**
 * Each dataset's values at the alpha whose macro mean over the other datasets is best.
 *
 * @param sweeps one system on two datasets or more, with one grid
 * @throws {HarnessError} `SPEC_INVALID` when there is one dataset only or the grids differ; or as `sweepTable`
 */
export function crossFitDatasets(sweeps: readonly AlphaSweep[]): readonly ChosenValues[] {
  const grids = sweeps.map(({ points }) => points.map(({ alpha }) => alpha).join(", "));
  if (sweeps.length < 2 || new Set(grids).size > 1) {
    const found = sweeps.length < 2 ? `${sweeps.length} dataset` : `the grids ${[...new Set(grids)].join(" and ")}`;
    throw new HarnessError("SPEC_INVALID", `expected sweeps over one grid on two datasets or more, got ${found}.`);
  }
  const means = sweeps.map((sweep) => {
    const { ids, rows } = sweepTable(sweep);
    return rows.map((row) => meanAt(row, ids.keys()));
  });
  const grid = sweeps[0]?.points ?? [];
  return sweeps.map((sweep, own) => {
    const others = means.filter((_, at) => at !== own);
    const macro = grid.map((_, point) => others.reduce((sum, row) => sum + (row[point] ?? 0), 0) / others.length);
    return chosenAt(sweep, bestPoint(macro), "cross-fitted");
  });
}

/**
 * The sweep as one row of values for each alpha, queries ascending by id.
 *
 * @throws {HarnessError} `SPEC_INVALID` for a sweep without points; or `QUERY_SETS_DIFFER`, `TOO_FEW_QUERIES`,
 *   `VALUE_INVALID`
 */
function sweepTable(sweep: AlphaSweep) {
  const { points, system, ...origin } = sweep;
  if (points.length === 0) {
    throw new HarnessError("SPEC_INVALID", "expected a sweep of one alpha or more, got none.", {
      where: `${system} on ${origin.dataset}`,
    });
  }
  const systems = points.map(({ alpha, values }) => ({ ...origin, system: `${system} at alpha ${alpha}`, values }));
  const ids = sharedQueries(systems);
  return { ids, rows: systems.map((one) => valuesOf(one, ids)) };
}

/** Of equal points the one with the largest alpha, the nearest to the base retriever. */
function bestPoint(means: readonly number[]): number {
  const best = Math.max(...means);
  return means.findLastIndex((mean) => best - mean < TIE);
}

function meanAt(row: readonly number[], queries: Iterable<number>): number {
  let [sum, count] = [0, 0];
  for (const query of queries) {
    sum += row[query] ?? 0;
    count++;
  }
  return sum / count;
}

/** Positions of the ids in an order that depends on the seed, the dataset's name and the ids alone. */
function shuffled(ids: readonly QueryId[], seed: number, dataset: string): readonly number[] {
  const keys = new Uint32Array(ids.length);
  createRandomSource(seed, `folds of ${dataset}`).fill(keys, 0);
  return [...ids.keys()].sort((x, y) => (keys[x] ?? 0) - (keys[y] ?? 0) || x - y);
}

function chosenAt(sweep: AlphaSweep, at: number, alphaChoice: AlphaChoice): ChosenValues {
  return chosenPoint(sweep, sweep.points[at] ?? { alpha: 0, values: new Map() }, alphaChoice);
}

function chosenPoint(
  { points: _, ...origin }: AlphaSweep,
  { alpha, values }: AlphaSweep["points"][number],
  alphaChoice: AlphaChoice,
): ChosenValues {
  const byQuery = new Map(Array.from(values.keys(), (query) => [query, alpha]));
  return { values: { ...origin, values, alphaChoice }, alphas: [alpha], byQuery };
}
