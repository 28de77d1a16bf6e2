import type { CommandModule } from "yargs";
import { trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly file: string };

export const trainDataSftCommand: CommandModule<object, Flags> = {
  command: "sft <file>",
  describe: "Documents and a teacher's scenarios, to tune a scenario generator",
  builder: (cli) => workspaceFlags(trainingFile(cli)) as never,
  async handler({ file, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildSftSet } = await import("../pipeline/training/build-sft-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    console.log(trainingSummary(await buildSftSet(file, openWorkspace(flags))));
  },
};
