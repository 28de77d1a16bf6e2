import { evaluateRun, type MeasureValues } from "../../evaluate/evaluate-run.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { hashBytes, hashFile } from "../../storage/content-hash.ts";
import { readJsonLines } from "../../storage/jsonl.ts";
import type { DatasetMaterial } from "../materials.ts";
import type { CellKeys } from "./cell-keys.ts";
import { fusesChannels } from "./cell-status.ts";
import type { CellWork } from "./cell-work.ts";
import { type Manifest, type Scoring, writeManifest } from "./manifest.ts";
import { readCellRun } from "./run-writers.ts";

export type EvaluationContext = {
  readonly plan: ExperimentPlan;
  readonly material: DatasetMaterial;
  readonly keys: CellKeys;
  readonly scoring: readonly Scoring[];
};

/**
 * Values of a cell from its run file as written; leaves `values.jsonl` and, last, the manifest.
 *
 * A judged query whose only hits were excluded, or that matched nothing, is a missing one with value 0.
 */
export async function evaluateCell({ cell, layout }: CellWork, context: EvaluationContext): Promise<Manifest> {
  const { plan, material, keys, scoring } = context;
  const { policy, qrels } = material.dataset;
  const run = await readCellRun(layout.run, plan);
  const { values, perQuery, counts } = evaluateRun(run, qrels, {
    measures: plan.measures,
    recall: policy.recall,
    scorePrecision: policy.scorePrecision,
  });
  const lines = Array.from(perQuery, ([query, own]) => `${JSON.stringify({ query, values: own })}\n`).join("");
  await writeFileAtomic(layout.values, lines);
  const manifest: Manifest = {
    schemaVersion: 4,
    keys: { ...keys },
    sha256: {
      run: await hashFile(layout.run),
      values: hashBytes(lines),
      channels: fusesChannels(cell, plan) ? await hashFile(layout.channels) : null,
    },
    values: { ...values },
    counts: { ...counts },
    scoring: [...scoring],
  };
  await writeManifest(layout, manifest);
  return manifest;
}

/** Per-query values of a finished cell, by query id. */
export async function readValues(path: string): Promise<ReadonlyMap<string, MeasureValues>> {
  const perQuery = new Map<string, MeasureValues>();
  for await (const batch of readJsonLines(path)) {
    for (const { value } of batch) {
      const { query, values } = value as { query: string; values: MeasureValues };
      perQuery.set(query, values);
    }
  }
  return perQuery;
}
