import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import type { Workspace } from "../pipeline/workspace.ts";
import { type BatchFileFlags, batchFileFlags, withBatchFiles } from "./batch-file-flags.ts";
import { workspaceFlags } from "./flags.ts";
import { generationFlags, generationOptionsOf } from "./generation-flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags & {
    readonly dataset: string;
    readonly to: string | undefined;
    readonly retryFailed: boolean;
    readonly allowMissing: boolean;
    readonly estimate: boolean;
  };

export const scenariosGenerateCommand: CommandModule<object, Flags> = {
  command: "generate",
  describe: "Have a model write the scenarios of a dataset; answers are kept, the same command goes on",
  builder: (cli) =>
    generationFlags(
      batchFileFlags(workspaceFlags(cli))
        .option("dataset", { type: "string", demandOption: true, requiresArg: true, describe: "dataset id" })
        .option("to", {
          type: "string",
          requiresArg: true,
          describe: "FILE.jsonl or FILE.parquet; scenarios/DATASET.jsonl unless told",
        }),
    )
      .option("retry-failed", { type: "boolean", default: false, describe: "ask again for failures that were kept" })
      .option("allow-missing", {
        type: "boolean",
        default: false,
        describe: "count documents without an answer as failed",
      })
      .option("estimate", {
        type: "boolean",
        default: false,
        describe: "say what it would cost, and ask nothing",
      }) as never,
  async handler({ dataset, to, retryFailed, allowMissing, estimate, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { generateScenarios } = await import("../pipeline/generation/generate-scenarios.ts");
    const { estimateLine } = await import("../report/generation.ts");
    const { reportGeneration } = await import("./generation-outcome.ts");
    const request = {
      dataset,
      options: generationOptionsOf(flags),
      to: to ?? `scenarios/${dataset}.jsonl`,
      folder: resolve("."),
      retryFailed,
      allowMissing,
      estimateOnly: estimate,
    };
    const workspace = openWorkspace(flags);
    const say = estimate ? (line: string) => console.log(line) : workspace.say;
    const generate = (place: Workspace) => generateScenarios(request, place, (expected) => say(estimateLine(expected)));
    reportGeneration(await withBatchFiles(flags, workspace, generate), flags);
  },
};
