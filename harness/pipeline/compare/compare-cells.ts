import { setImmediate } from "node:timers/promises";
import { compareSpike, type SpikeSweep } from "../../compare/compare-spike.ts";
import { compareSpikeMeans } from "../../compare/compare-spike-means.ts";
import type { ValueOrigin } from "../../domain/comparison.ts";
import type { QueryId } from "../../domain/ids.ts";
import type { ExperimentComparison } from "../../domain/spike-comparison.ts";
import type { PlannedCell } from "../../plan/plan-types.ts";
import { boundedMap } from "../../runtime/bounded-map.ts";
import { hashJson, type Json } from "../../storage/content-hash.ts";
import { datasetOf } from "../materials.ts";
import { readValuesByMeasure } from "../run/cell-values.ts";
import type { ExperimentRun } from "../run/run-experiment.ts";
import type { Workspace } from "../workspace.ts";
import { readComparison } from "./read-result.ts";

/** Raised when the same values and declaration give another comparison than before. */
const COMPARISON_SCHEMA = 1;

/** A system on a dataset: its base cell, and its cells with scenarios by ascending alpha. */
type Sweep = { readonly base: PlannedCell | undefined; readonly points: readonly PlannedCell[] };

/**
 * SPIKE against its base on every listed cell of a run, as the run file declares it; null where no cell has scenarios. A
 * comparison of the same values under the same declaration is taken from the result file that is there.
 */
export async function compareCells(run: ExperimentRun, workspace: Workspace): Promise<ExperimentComparison | null> {
  const { plan, layout, materials, allowMixed } = run;
  const sweeps = sweepsOf(plan.cells.filter(({ listed }) => listed));
  if (sweeps.length === 0) return null;
  const key = comparisonKey(run);
  const known = await readComparison(layout.resultFile);
  if (known?.key === key) return known;
  const read = await Promise.all(sweeps.map((sweep) => openSweep(sweep, run)));
  const open = plan.measures.flatMap(({ text }) => read.map((of) => of(text)));
  const options = { ...plan.comparison, allowMixed, groups: plan.groups, datasets: [...materials.datasets.keys()] };
  const steps = { workspace, count: open.length };
  const compared = await finish(compareSpike(open, options), steps);
  const means = await finish(compareSpikeMeans(compared, options), { workspace, count: 0 });
  return { key, declaration: plan.comparison, rows: compared.map(({ row }) => row), means };
}

/** Runs a long computation in steps between which signals are heard. */
async function finish<Result>(
  steps: Generator<number, Result>,
  { workspace, count }: { readonly workspace: Workspace; readonly count: number },
): Promise<Result> {
  const task = workspace.progress.start("comparing", count, "comparisons");
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      task.end();
      return step.value;
    }
    task.update(step.value);
    await setImmediate();
    workspace.signal?.throwIfAborted();
  }
}

function sweepsOf(cells: readonly PlannedCell[]): readonly Sweep[] {
  const groups = new Map<string, PlannedCell[]>();
  for (const cell of cells) {
    if (cell.axes.alpha === null) continue;
    const key = JSON.stringify({ ...cell.axes, alpha: 0 });
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return Array.from(groups.values(), (points) => ({
    base: cells.find(({ axes }) => axes.alpha === null && isSameRetriever(axes, points[0]?.axes)),
    points: points.sort((x, y) => (x.axes.alpha ?? 0) - (y.axes.alpha ?? 0)),
  }));
}

function isSameRetriever(a: PlannedCell["axes"], b: PlannedCell["axes"] | undefined): boolean {
  return a.retriever === b?.retriever && a.dataset === b.dataset && a.queries === b.queries;
}

/** Reads the values of a sweep once, for all measures. */
async function openSweep({ base, points }: Sweep, run: ExperimentRun): Promise<(measure: string) => SpikeSweep> {
  const { axes } = points[0] ?? {};
  const { retriever = "", queries = "", scenarios = null, fusion = null, dataset = "" } = axes ?? {};
  const { policyHash, qrelsHash: qrelsSha256 } = datasetOf(dataset, run.materials);
  const origin: ValueOrigin = { dataset, policyHash, qrelsSha256 };
  const done = points.filter(({ id }) => run.outcomes.get(id)?.status !== "failed");
  const isFailed = base === undefined || run.outcomes.get(base.id)?.status === "failed" || done.length === 0;
  const cells = isFailed ? [] : [base, ...done];
  const ids = new Map<string, QueryId>();
  const [baseValues, ...values] = await boundedMap(cells, 4, ({ id }) =>
    readValuesByMeasure(run.layout.cell(id).values, ids),
  );
  const system = `${retriever}+${scenarios}`;
  return (measure) => ({
    ...{ retriever, queries, scenarios, fusion, measure },
    base: { ...origin, system: retriever, values: baseValues?.get(measure) ?? new Map() },
    sweep: {
      ...origin,
      system,
      points: done.flatMap(({ axes: { alpha } }, at) => {
        const own = values[at]?.get(measure);
        return alpha === null || own === undefined ? [] : [{ alpha, values: own }];
      }),
    },
    ...(isFailed ? { reason: "its base or all of its cells with scenarios failed." } : {}),
  });
}

function comparisonKey({ plan, materials, outcomes, allowMixed }: ExperimentRun): string {
  const cells = plan.cells
    .filter(({ listed }) => listed)
    .map(({ id, axes }): Json => {
      const outcome = outcomes.get(id);
      return [
        id,
        { ...axes },
        outcome === undefined || outcome.status === "failed" ? null : outcome.manifest.sha256.values,
      ];
    });
  return hashJson({
    schema: COMPARISON_SCHEMA,
    cells,
    allowMixed,
    declaration: { ...plan.comparison },
    measures: plan.measures.map(({ text }) => text),
    groups: plan.groups.map(({ name, members }) => ({ name, members })),
    datasets: Array.from(materials.datasets, ([id, { policyHash, qrelsHash }]) => [id, policyHash, qrelsHash]),
  });
}
