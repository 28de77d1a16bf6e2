import type { CommandModule } from "yargs";
import { computeFlags, trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly file: string; readonly generate: boolean };

export const trainDataSupervisedCommand: CommandModule<object, Flags> = {
  command: "supervised <file>",
  describe: "Queries, relevant documents and hard negatives, to tune a retriever",
  builder: (cli) =>
    computeFlags(workspaceFlags(trainingFile(cli))).option("generate", {
      type: "boolean",
      default: false,
      describe: "ask a model for expansions that are missing; may cost money, without it the cost is told",
    }) as never,
  async handler({ file, generate, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildSupervisedSet } = await import("../pipeline/build-supervised-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    console.log(trainingSummary(await buildSupervisedSet(file, { generate }, openWorkspace(flags))));
  },
};
