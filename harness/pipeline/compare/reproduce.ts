import { datasetWeights } from "../../domain/dataset-weights.ts";
import type { ReproducedFigure, Reproduction } from "../../domain/reproduction.ts";
import type { CellResult, DatasetSummary } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { writeReports } from "../reports/write-reports.ts";
import { runExperiment } from "../run/run-experiment.ts";
import type { Workspace } from "../workspace.ts";
import type { PublishedPack } from "./published-pack.ts";
import { type KnownResult, readResult } from "./read-result.ts";

/** A published figure rounds to its last digit, and so does what a computer makes of it. */
const ROUNDING = 1e-9;

/**
 * Runs the run file of a pack, as `spikebench run` does.
 *
 * @returns path of its result
 * @throws {HarnessError} `USAGE` for a pack without a run file; and as `runExperiment`
 */
export async function runPack({ name, runFile }: PublishedPack, workspace: Workspace): Promise<string> {
  if (runFile === undefined) {
    throw new HarnessError("USAGE", `the pack \`${name}\` has no run file.`, {
      hint: "Run its retrievers yourself, named as the pack names them, and give the result with `--from`.",
    });
  }
  const run = await runExperiment(runFile, workspace, {
    jobs: 1,
    generate: false,
    keepGoing: false,
    allowMixed: false,
  });
  const reports = await writeReports(run, "table", workspace);
  for (const line of reports.summary) workspace.say(line);
  return run.layout.resultFile;
}

/**
 * What a result has beside the figures of a pack. Its base cells are taken whose retriever, dataset and queries have the
 * names that the pack gives them; a group's figure is the mean of its datasets, as the result defines the group.
 *
 * @throws {HarnessError} as `readResult`; `DATA_INVALID` when the result has a cell for none of the figures
 */
export async function reproduce(pack: PublishedPack, resultFile: string): Promise<Reproduction> {
  const result = await readResult(resultFile);
  const asked = pack.figures.flatMap(({ values, ...figure }) =>
    Object.entries(values).map(([dataset, published]) => ({ ...figure, dataset, published })),
  );
  const figures = asked.flatMap((figure) => checkFigure(figure, pack, result) ?? []);
  if (figures.length === 0) {
    const names = [...new Set(pack.figures.map(({ retriever }) => retriever))].join(", ");
    throw new HarnessError("DATA_INVALID", `expected a base cell of ${names} on a dataset of the pack, found none.`, {
      where: resultFile,
    });
  }
  const { name, title, source, digits, okish, notes } = pack;
  return { pack: name, title, source, digits, okish, figures, absent: asked.length - figures.length, notes };
}

/** @throws {HarnessError} `REPRODUCE_FAILED` */
export function throwUnlessReproduced({ figures }: Reproduction): void {
  const failed = figures.filter(({ verdict }) => verdict === "FAIL").length;
  if (failed > 0) throw new HarnessError("REPRODUCE_FAILED", `${failed} of ${figures.length} figures failed.`);
}

type AskedFigure = Pick<ReproducedFigure, "retriever" | "dataset" | "queries" | "measure" | "published">;

/** Undefined where the result has no cell for it. */
function checkFigure(asked: AskedFigure, pack: PublishedPack, result: KnownResult): ReproducedFigure | undefined {
  const { retriever, queries, measure, published } = asked;
  const group = result.groups.find(({ name }) => name === asked.dataset);
  const weights = group === undefined ? new Map([[asked.dataset, 1]]) : datasetWeights(group, result.groups);
  const cells = [...weights.keys()].flatMap(
    (id) =>
      result.cells.find(
        (cell) =>
          cell.alpha === null && cell.dataset === id && cell.retriever === retriever && cell.queries === queries,
      ) ?? [],
  );
  if (cells.length < weights.size) return undefined;
  const failed = cells.find(({ status }) => status === "failed");
  if (failed !== undefined) return { ...asked, obtained: null, verdict: "FAIL", field: failed.error };
  const field = cells.map((cell) => differingField(cell, measure, { pack, result })).find((one) => one !== undefined);
  const obtained = weightedMean(cells, weights, measure);
  if (field !== undefined) return { ...asked, obtained, verdict: "NOT-COMPARABLE", field };
  const distance = Math.abs((obtained ?? Number.NaN) - published);
  const half = 0.5 * 10 ** -pack.digits + ROUNDING;
  if (distance <= half) return { ...asked, obtained, verdict: "OK", field: null };
  if (distance <= pack.okish + ROUNDING) return { ...asked, obtained, verdict: "OKish", field: null };
  return { ...asked, obtained, verdict: "FAIL", field: `more than ${pack.okish} off` };
}

type Conditions = { readonly pack: PublishedPack; readonly result: KnownResult };

/** The first condition that is another one than the pack's, with both values. */
function differingField(cell: CellResult, measure: string, { pack, result }: Conditions): string | undefined {
  const dataset = result.datasets.find(({ id }) => id === cell.dataset);
  if (dataset === undefined) return "dataset unknown";
  if (cell.values[measure] === undefined) return `measures: no ${measure}`;
  return differingRule(dataset, pack) ?? differingCount(dataset, pack);
}

function differingRule({ policy }: DatasetSummary, pack: PublishedPack): string | undefined {
  const own = new Map<string, string>(Object.entries(policy));
  const rule = Object.entries(pack.policy).find(
    ([name, expected]) => expected !== undefined && own.get(name) !== expected,
  );
  return rule === undefined ? undefined : `policy.${rule[0]}: ${own.get(rule[0])} instead of ${rule[1]}`;
}

function differingCount(dataset: DatasetSummary, pack: PublishedPack): string | undefined {
  const expected = pack.datasets[dataset.id] ?? {};
  for (const name of ["documents", "queries", "judgements"] as const) {
    const published = expected[name];
    if (published !== undefined && published !== dataset[name]) {
      return `${dataset.id} ${name}: ${dataset[name]} instead of ${published}`;
    }
  }
  return undefined;
}

function weightedMean(
  cells: readonly CellResult[],
  weights: ReadonlyMap<string, number>,
  measure: string,
): number | null {
  let sum = 0;
  for (const { dataset, values } of cells) {
    const own = values[measure];
    if (own === undefined) return null;
    sum += (weights.get(dataset) ?? 0) * own;
  }
  return sum;
}
