import type { Argv } from "yargs";
import { HarnessError } from "../errors.ts";
import type { Workspace } from "../pipeline/workspace.ts";

export type BatchFileFlags = {
  readonly exportBatch?: string | undefined;
  readonly importBatch?: string | undefined;
  readonly requestsPerFile?: string | undefined;
};

/** Flags of a command that can hand its requests to models over in files, and take the answers. */
export function batchFileFlags<Flags>(cli: Argv<Flags>) {
  return cli
    .option("export-batch", {
      type: "string",
      requiresArg: true,
      describe: "ask nothing; write the requests into this folder, as batch files for `vllm run-batch` or OpenAI",
    })
    .option("import-batch", {
      type: "string",
      requiresArg: true,
      describe: "ask nothing; take the answers from a folder, or a file, that `vllm run-batch` or OpenAI wrote",
    })
    .option("requests-per-file", {
      type: "string",
      requiresArg: true,
      describe: "with --export-batch: 10000 unless told, 50000 at most",
    });
}

/** Whether models are to be reached by files. */
export function asksByFiles({ exportBatch, importBatch, requestsPerFile }: BatchFileFlags): boolean {
  return [exportBatch, importBatch, requestsPerFile].some((flag) => flag !== undefined);
}

/**
 * Does work that may ask models: by files where the flags say so.
 *
 * @returns undefined where the work ended for want of answers, after requests were written
 * @throws {HarnessError} `USAGE`, and as `exportRequests`, `importAnswers` and the work
 */
export async function withBatchFiles<Result>(
  { exportBatch, importBatch, requestsPerFile }: BatchFileFlags,
  workspace: Workspace,
  work: (workspace: Workspace) => Promise<Result>,
): Promise<Result | undefined> {
  if (exportBatch !== undefined && importBatch !== undefined) {
    throw new HarnessError("USAGE", "expected `--export-batch` or `--import-batch`, got both.");
  }
  if (requestsPerFile !== undefined && exportBatch === undefined) {
    throw new HarnessError("USAGE", "expected `--export-batch` with `--requests-per-file`, got none.");
  }
  const { positiveFlag } = await import("./surroundings.ts");
  const { exportRequests, importAnswers } = await import("../pipeline/generation/batch-files.ts");
  if (importBatch !== undefined) return await importAnswers(importBatch, workspace, work);
  if (exportBatch === undefined) return await work(workspace);
  const size = requestsPerFile === undefined ? undefined : positiveFlag("--requests-per-file", requestsPerFile);
  return await exportRequests({ folder: exportBatch, requestsPerFile: size }, workspace, work);
}

/** What to do about texts that have no answer yet. */
export function underWayLine(count: number, texts: string, flags: BatchFileFlags): string {
  return asksByFiles(flags)
    ? `${count} ${texts} have no answer yet; --import-batch takes the answers of their requests.`
    : `${count} ${texts} are in batches; run the same command again to collect them.`;
}
