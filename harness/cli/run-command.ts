import type { CommandModule } from "yargs";
import { computeFlags, runFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & {
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
    computeFlags(workspaceFlags(runFile(cli)))
      .option("jobs", {
        type: "string",
        default: "1",
        requiresArg: true,
        describe: "groups of cells that are worked on side by side",
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
  async handler({ file, jobs, keepGoing, allowMixed, generate, costs, format, ...flags }) {
    const { cacheLimit, openWorkspace, positiveFlag } = await import("./surroundings.ts");
    const { limitCache } = await import("../pipeline/limit-cache.ts");
    const { runExperiment } = await import("../pipeline/run-experiment.ts");
    const { throwIfFailed, writeReports } = await import("../pipeline/write-reports.ts");
    const { systemTime } = await import("../runtime/clock.ts");
    const maxBytes = cacheLimit();
    const workspace = openWorkspace(flags);
    const usedSince = systemTime();
    const run = await runExperiment(file, workspace, {
      jobs: positiveFlag("--jobs", jobs),
      keepGoing,
      allowMixed,
      generate,
      costs,
    });
    const reports = await writeReports(run, format, workspace);
    process.stdout.write(reports.printed);
    for (const line of reports.summary) workspace.say(line);
    if (maxBytes !== undefined) {
      const limit = { maxBytes, usedSince, now: systemTime() };
      for (const line of await limitCache(workspace.cache, limit)) workspace.say(line);
    }
    throwIfFailed(reports);
  },
};
