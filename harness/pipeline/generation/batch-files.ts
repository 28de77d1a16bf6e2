import { dirname, resolve } from "node:path";
import { HarnessError } from "../../errors.ts";
import { type AnswerCount, openAnswerFiles } from "../../llm/answer-files.ts";
import { openRequestFolder } from "../../llm/request-folder.ts";
import { plural } from "../../report/figure-text.ts";
import { openPlanned } from "../gather-materials.ts";
import { loadPlan } from "../load-plan.ts";
import type { Workspace } from "../workspace.ts";
import { expansionsOf, generateExpansion } from "./read-expansions.ts";
import { generateMissing, generationsOf } from "./read-scenarios.ts";

/** Work that may ask models, with what it is done in. */
type Work<Result> = (workspace: Workspace) => Promise<Result>;

/**
 * Does work whose requests to models are written into a folder instead of being sent.
 *
 * @param folder empty, or not there yet
 * @returns undefined where the work ended for want of the answers
 * @throws {HarnessError} as `openRequestFolder`, and as the work
 */
export async function exportRequests<Result>(
  { folder, requestsPerFile }: { readonly folder: string; readonly requestsPerFile: number | undefined },
  workspace: Workspace,
  work: Work<Result>,
): Promise<Result | undefined> {
  const requests = await openRequestFolder(resolve(folder), requestsPerFile);
  try {
    return await work({ ...workspace, batchFiles: { kind: "export", requests } });
  } catch (error) {
    // what needs the answers has to wait for them, which is no fault
    if (error instanceof HarnessError && error.code === "NOT_GENERATED") return undefined;
    throw error;
  }
}

/**
 * Does work that takes the answers of models from files instead of asking, and says what the files held.
 *
 * @param path a folder of answer files, or one of them
 * @throws {HarnessError} as `openAnswerFiles` and `importAnswers`, and as the work
 */
export async function importAnswers<Result>(path: string, workspace: Workspace, work: Work<Result>): Promise<Result> {
  const answers = await openAnswerFiles(resolve(path));
  try {
    return await work({ ...workspace, batchFiles: { kind: "import", answers } });
  } finally {
    const count = answers.count();
    if (count !== undefined) workspace.say(`${path}: ${countLine(count)}`);
  }
}

function countLine({ files, lines, unread, unknown }: AnswerCount): string {
  const read = `${plural(lines, "line")} in ${plural(files, "file")}`;
  return `${read}; ${unread} cannot be read, ${unknown} answer nothing that is asked here.`;
}

/**
 * Has models asked for everything that they have to write for a run file, scenarios and expansions, in the way that the
 * workspace says, and makes nothing of it.
 *
 * @throws {HarnessError} as `openDataset` and `askMissing`
 */
export async function askForRun(file: string, workspace: Workspace): Promise<void> {
  const plan = await loadPlan(file, workspace.cardFolders);
  const place = { folder: dirname(file), workspace };
  for (const id of new Set(plan.cells.map(({ axes }) => axes.dataset))) {
    const dataset = await openPlanned(id, { plan, ...place });
    for (const { name, ...generation } of generationsOf(plan, { dataset }, place)) {
      await generateMissing(`scenarios ${name} for ${id}`, generation, workspace);
    }
    for (const named of expansionsOf(plan, dataset, place)) await generateExpansion(named, workspace);
  }
}
