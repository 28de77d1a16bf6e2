import type { CommandModule } from "yargs";
import { asksByFiles, type BatchFileFlags, batchFileFlags, withBatchFiles } from "./batch-file-flags.ts";
import { askingFlags, computeFlags, trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags &
  BatchFileFlags & { readonly file: string; readonly generate: boolean; readonly retryFailed: boolean };

export const trainDataSupervisedCommand: CommandModule<object, Flags> = {
  command: "supervised <file>",
  describe: "Queries, relevant documents and hard negatives, to tune a retriever",
  builder: (cli) => batchFileFlags(askingFlags(computeFlags(workspaceFlags(trainingFile(cli))))) as never,
  async handler({ file, generate, retryFailed, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildSupervisedSet } = await import("../pipeline/training/build-supervised-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    const choices = { generate: generate || asksByFiles(flags), retryFailed };
    const built = await withBatchFiles(flags, openWorkspace(flags), (place) =>
      buildSupervisedSet(file, choices, place),
    );
    if (built !== undefined) console.log(trainingSummary(built));
  },
};
