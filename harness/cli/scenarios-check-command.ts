import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly path: string };

export const scenariosCheckCommand: CommandModule<object, Flags> = {
  command: "check <path>",
  describe: "Hold a scenario set against its manifest and its dataset",
  builder: (cli) => workspaceFlags(cli.positional("path", { type: "string", demandOption: true })),
  async handler({ path, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { visibleText } = await import("../report/figure-text.ts");
    const { checkScenarios } = await import("../pipeline/generation/inspect-scenarios.ts");
    const { manifest, faults } = await checkScenarios(path, openWorkspace(flags));
    const { documents, withScenarios, noise, failed, scenarios } = manifest.counts;
    console.log(
      `${path}: ${scenarios} scenarios for ${withScenarios} of ${documents} documents of ${manifest.dataset.id}; ` +
        `${noise} noise, ${failed} failed.`,
    );
    for (const fault of faults) console.log(`- ${visibleText(fault)}`);
    if (faults.length === 0) return;
    throw new HarnessError("DATA_INVALID", "the scenario set is not what its manifest says.", { where: path });
  },
};
