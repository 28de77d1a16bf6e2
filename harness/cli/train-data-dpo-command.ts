import type { CommandModule } from "yargs";
import { asksByFiles, type BatchFileFlags, batchFileFlags, withBatchFiles } from "./batch-file-flags.ts";
import { askingFlags, computeFlags, trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags & { readonly file: string; readonly generate: boolean; readonly retryFailed: boolean };

export const trainDataDpoCommand: CommandModule<object, Flags> = {
  command: "dpo <file>",
  describe: "Expansions to prefer and to avoid, by what they do for retrieval, to tune a query expander",
  builder: (cli) => batchFileFlags(askingFlags(computeFlags(workspaceFlags(trainingFile(cli))))) as never,
  async handler({ file, generate, retryFailed, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildDpoSet } = await import("../pipeline/training/build-dpo-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    const choices = { generate: generate || asksByFiles(flags), retryFailed };
    const built = await withBatchFiles(flags, openWorkspace(flags), (place) => buildDpoSet(file, choices, place));
    if (built !== undefined) console.log(trainingSummary(built));
  },
};
