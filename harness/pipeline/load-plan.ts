import { readFile } from "node:fs/promises";
import { expandGroups } from "../datasets/expand-groups.ts";
import { planExperiment } from "../plan/plan-experiment.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { type Experiment, parseExperiment } from "../spec/parse-experiment.ts";
import { fileError } from "../storage/file-error.ts";

/**
 * Reads, parses and plans a run file; a group of datasets in its matrix becomes the datasets of the group.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; and as `parseExperiment` and `planExperiment`
 */
export async function loadPlan(file: string, cardFolders: readonly string[]): Promise<ExperimentPlan> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw fileError(file, "read", cause);
  }
  const experiment = parseExperiment(text, file);
  const { ids, groups } = await expandGroups(experiment.spec.matrix.dataset, cardFolders);
  return planExperiment(withDatasets(experiment, ids), groups);
}

function withDatasets(experiment: Experiment, dataset: readonly string[]): Experiment {
  const { spec } = experiment;
  return { ...experiment, spec: { ...spec, matrix: { ...spec.matrix, dataset: [...dataset] } } };
}
