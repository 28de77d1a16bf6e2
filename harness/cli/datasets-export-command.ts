import type { CommandModule } from "yargs";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly id: string; readonly to: string };

export const datasetsExportCommand: CommandModule<object, Flags> = {
  command: "export <id>",
  describe: "Write a dataset as a BEIR folder",
  builder: (cli) =>
    workspaceFlags(cli.positional("id", { type: "string", demandOption: true })).option("to", {
      type: "string",
      demandOption: true,
      describe: "folder to write into",
    }),
  async handler({ id, to, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { openDataset } = await import("../pipeline/datasets/open-dataset.ts");
    const { exportDataset } = await import("../pipeline/datasets/export-dataset.ts");
    const { folder, documents, queries } = await exportDataset(await openDataset(id, openWorkspace(flags)), to);
    console.log(`${id}: ${documents} documents and ${queries} queries written to ${folder}.`);
  },
};
