import type { CommandModule } from "yargs";
import { computeFlags, trainingFile, workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly file: string; readonly generate: boolean };

export const trainDataDpoCommand: CommandModule<object, Flags> = {
  command: "dpo <file>",
  describe: "Expansions to prefer and to avoid, by what they do for retrieval, to tune a query expander",
  builder: (cli) =>
    computeFlags(workspaceFlags(trainingFile(cli))).option("generate", {
      type: "boolean",
      default: false,
      describe: "ask models for candidates and answers that are missing; may cost money, without it the cost is told",
    }) as never,
  async handler({ file, generate, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { buildDpoSet } = await import("../pipeline/build-dpo-set.ts");
    const { trainingSummary } = await import("./training-summary.ts");
    console.log(trainingSummary(await buildDpoSet(file, { generate }, openWorkspace(flags))));
  },
};
