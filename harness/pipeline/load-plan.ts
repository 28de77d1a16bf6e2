import { readFile } from "node:fs/promises";
import { planExperiment } from "../plan/plan-experiment.ts";
import type { ExperimentPlan } from "../plan/plan-types.ts";
import { parseExperiment } from "../spec/parse-experiment.ts";
import { fileError } from "../storage/file-error.ts";

/**
 * Reads, parses and plans a run file.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; and as `parseExperiment` and `planExperiment`
 */
export async function loadPlan(file: string): Promise<ExperimentPlan> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw fileError(file, "read", cause);
  }
  return planExperiment(parseExperiment(text, file));
}
