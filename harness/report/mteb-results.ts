import type { CellResult, DatasetSummary } from "../domain/result.ts";
import { HarnessError } from "../errors.ts";
import { groupBy } from "./row-groups.ts";

/** Where mteb files a dataset's values. */
export type MtebTask = { readonly task: string; readonly subset: string; readonly split: string };

/** A finished cell, and how it is filed. */
export type MtebCell = {
  readonly cell: CellResult;
  readonly dataset: DatasetSummary;
  readonly task: MtebTask;
  /** The system, as the name of a file can be. */
  readonly system: string;
  /** Of the model, where there is one. */
  readonly revision: string | undefined;
};

/** A file of mteb's results folder. `path` has `/` between its parts. */
export type MtebFile = { readonly path: string; readonly text: string };

const ORGANISATION = "spikebench";

/**
 * Cells as a folder of results that mteb reads: `<org>__<model>/<revision>/<task>.json` and, beside them, `model_meta.json`.
 * A system is no published model, so each is filed as one of the organisation `spikebench`. Measures that mteb does not
 * have are left out, and so is recall with a capped denominator.
 *
 * @throws {HarnessError} `MEASURE_INVALID` for a cell without nDCG@10, which mteb takes for the main score
 * Source: mteb, results/task_result.py and cache/result_cache.py; embeddings-benchmark/results.
 */
export function mtebFiles(cells: readonly MtebCell[]): readonly MtebFile[] {
  const folder = ({ system, revision = "no_revision_available" }: MtebCell) => `${ORGANISATION}__${system}/${revision}`;
  const models = groupBy(cells, folder);
  return models.flatMap((ofModel) => {
    const metas = ofModel.slice(0, 1).map((one) => ({
      path: `${folder(one)}/model_meta.json`,
      text: jsonText({ name: `${ORGANISATION}/${one.cell.system}`, revision: one.revision ?? "no_revision_available" }),
    }));
    const tasks = groupBy(ofModel, ({ task }) => task.task).flatMap((ofTask) =>
      ofTask.slice(0, 1).map((first) => ({
        path: `${folder(first)}/${first.task.task}.json`,
        text: jsonText(taskResult(first, ofTask)),
      })),
    );
    return [...metas, ...tasks];
  });
}

function taskResult({ dataset, task }: MtebCell, cells: readonly MtebCell[]) {
  return {
    dataset_revision: revisionOf(dataset),
    task_name: task.task,
    mteb_version: null,
    scores: Object.fromEntries(
      groupBy(cells, (one) => one.task.split).flatMap((own) =>
        own.slice(0, 1).map((first) => [first.task.split, own.map(scoresOf)]),
      ),
    ),
    evaluation_time: null,
    kg_co2_emissions: null,
  };
}

/** The commit of a hub's repository, or whatever else tells where the files are from. */
function revisionOf({ origin }: DatasetSummary): string {
  return origin.map((place) => /@([0-9a-f]{40})$/.exec(place)?.[1] ?? place).join(", ");
}

function scoresOf({ cell, dataset, task }: MtebCell): Readonly<Record<string, unknown>> {
  const scores = Object.entries(cell.values).flatMap(([measure, value]) => {
    const name = mtebName(measure, dataset);
    return name === undefined ? [] : [[name, value] as const];
  });
  const main = cell.values["nDCG@10"];
  if (main === undefined) {
    throw new HarnessError("MEASURE_INVALID", "expected nDCG@10, which mteb takes for the main score, found none.", {
      where: `${cell.system} on ${cell.dataset}`,
      hint: "Add it to `measures:` and run again: finished cells are kept.",
    });
  }
  return { hf_subset: task.subset, languages: [], main_score: main, ...Object.fromEntries(scores) };
}

const NAMES: Readonly<Record<string, string>> = { nDCG: "ndcg", AP: "map", R: "recall", P: "precision", RR: "mrr" };

function mtebName(measure: string, { policy }: DatasetSummary): string | undefined {
  const [, family = "", cutoff = ""] = /^(nDCG|AP|R|P|RR)@(\d+)$/.exec(measure) ?? [];
  if (family === "" || (family === "R" && policy.recall === "capped")) return undefined;
  return `${NAMES[family]}_at_${cutoff}`;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
