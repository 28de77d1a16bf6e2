import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import type { Workspace } from "../pipeline/workspace.ts";
import { type BatchFileFlags, batchFileFlags, withBatchFiles } from "./batch-file-flags.ts";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags & {
    readonly path: string;
    readonly failed: boolean;
    readonly baseUrl: readonly string[] | undefined;
  };

export const scenariosRetryCommand: CommandModule<object, Flags> = {
  command: "retry <path>",
  describe: "Ask again for what failed in a scenario set, as its manifest says, and write it anew",
  builder: (cli) =>
    batchFileFlags(workspaceFlags(cli.positional("path", { type: "string", demandOption: true, describe: "its rows" })))
      .option("failed", { type: "boolean", default: false, describe: "failures, and answers that cannot be read" })
      .option("base-url", {
        type: "string",
        array: true,
        nargs: 1,
        describe: "where the servers are now, if elsewhere; may be given several times",
      }) as never,
  async handler({ path, failed, baseUrl, ...flags }) {
    if (!failed) throw new HarnessError("USAGE", "expected `--failed`, which says what to ask for again.");
    const { openWorkspace } = await import("./surroundings.ts");
    const { retryScenarios } = await import("../pipeline/generation/generate-scenarios.ts");
    const { estimateLine } = await import("../report/generation.ts");
    const { reportGeneration } = await import("./generation-outcome.ts");
    const workspace = openWorkspace(flags);
    const choices = { baseUrls: baseUrl, folder: resolve(".") };
    const retry = (place: Workspace) =>
      retryScenarios(path, choices, place, (estimate) => workspace.say(estimateLine(estimate)));
    reportGeneration(await withBatchFiles(flags, workspace, retry), flags);
  },
};
