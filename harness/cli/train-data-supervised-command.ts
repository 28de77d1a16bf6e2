import type { CommandModule } from "yargs";
import { askingFlags, computeFlags, trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly file: string; readonly generate: boolean; readonly retryFailed: boolean };

export const trainDataSupervisedCommand: CommandModule<object, Flags> = {
  command: "supervised <file>",
  describe: "Queries, relevant documents and hard negatives, to tune a retriever",
  builder: (cli) => askingFlags(computeFlags(workspaceFlags(trainingFile(cli)))) as never,
  async handler({ file, generate, retryFailed, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildSupervisedSet } = await import("../pipeline/training/build-supervised-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    console.log(trainingSummary(await buildSupervisedSet(file, { generate, retryFailed }, openWorkspace(flags))));
  },
};
