import type { CommandModule } from "yargs";
import type { Workspace } from "../pipeline/workspace.ts";
import { asksByFiles, type BatchFileFlags, batchFileFlags, withBatchFiles } from "./batch-file-flags.ts";
import { computeFlags, runFile, type TaskFlags, taskFlags, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";
import { checkTaskFlags } from "./usage.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags &
  TaskFlags & {
    readonly file: string;
    readonly jobs: string;
    readonly keepGoing: boolean;
    readonly allowMixed: boolean;
    readonly generate: boolean;
    readonly costs: boolean;
    readonly format: "table" | "json" | "ndjson";
  };

export const runCommand: CommandModule<object, Flags> = {
  command: "run <file>",
  describe: "Run an experiment and write its reports; finished cells are not run again",
  builder: (cli) =>
    batchFileFlags(taskFlags(computeFlags(workspaceFlags(runFile(cli)))))
      .option("jobs", {
        type: "string",
        default: "1",
        requiresArg: true,
        describe: "groups of cells that are worked on side by side; with an executor: processes",
      })
      .option("allow-mixed", {
        type: "boolean",
        default: false,
        describe: "average over different evaluation policies",
      })
      .option("generate", {
        type: "boolean",
        default: false,
        describe:
          "ask models for scenarios and query expansions that are not generated yet; may cost money, see `plan`",
      })
      .option("costs", {
        type: "boolean",
        default: false,
        describe: "tell on the page what this run encoded, its time and cost; the page is then not the same every time",
      })
      .option("keep-going", { type: "boolean", default: false, describe: "go on with other cells when one fails" })
      .option("format", {
        choices: ["table", "json", "ndjson"] as const,
        default: "table" as const,
        requiresArg: true,
      }) as never,
  async handler(flags) {
    const { cacheLimit, openWorkspace } = await import("./surroundings.ts");
    const { limitCache } = await import("../pipeline/cache/limit-cache.ts");
    const { throwIfFailed, writeReports } = await import("../pipeline/reports/write-reports.ts");
    const { systemTime } = await import("../runtime/clock.ts");
    const maxBytes = cacheLimit();
    const workspace = openWorkspace(flags);
    const usedSince = systemTime();
    checkTaskFlags(flags);
    if (asksByFiles(flags)) await askByFiles(flags, workspace);
    if (flags.exportBatch !== undefined) return;
    const run = flags.executor === undefined ? await runHere(flags, workspace) : await runTasks(flags, workspace);
    if (run === undefined) return;
    const reports = await writeReports(run, flags.format, workspace);
    process.stdout.write(reports.printed);
    for (const line of reports.summary) workspace.say(line);
    if (maxBytes !== undefined) {
      const limit = { maxBytes, usedSince, now: systemTime() };
      for (const line of await limitCache(workspace.cache, limit)) workspace.say(line);
    }
    throwIfFailed(reports);
  },
};

/** What models have to write for the run; answers that are in no file are missing in it then. */
async function askByFiles(flags: Flags, workspace: Workspace): Promise<void> {
  const { askForRun } = await import("../pipeline/generation/batch-files.ts");
  await withBatchFiles(flags, workspace, (place) => askForRun(flags.file, place));
}

async function runTasks(flags: Flags, workspace: Workspace) {
  const { runByTasks } = await import("./run-by-tasks.ts");
  return await runByTasks(flags, workspace);
}

async function runHere({ file, jobs, keepGoing, allowMixed, generate, costs }: Flags, workspace: Workspace) {
  const { positiveFlag } = await import("./surroundings.ts");
  const { runExperiment } = await import("../pipeline/run/run-experiment.ts");
  return await runExperiment(file, workspace, {
    ...{ jobs: positiveFlag("--jobs", jobs), keepGoing, allowMixed, generate, costs },
  });
}
