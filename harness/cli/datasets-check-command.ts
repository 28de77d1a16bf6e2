import type { CommandModule } from "yargs";
import { HarnessError } from "../errors.ts";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & { readonly ids: readonly string[]; readonly format: "table" | "json" };

export const datasetsCheckCommand: CommandModule<object, Flags> = {
  command: "check <ids..>",
  describe: "Compare what datasets hold with what their cards say",
  builder: (cli) =>
    workspaceFlags(cli.positional("ids", { type: "string", array: true, demandOption: true })).option("format", {
      choices: ["table", "json"] as const,
      default: "table" as const,
    }) as never,
  async handler({ ids, format, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { checkDatasets } = await import("../pipeline/datasets/check-dataset.ts");
    const { renderCheck } = await import("../report/dataset-tables.ts");
    const checks = [];
    for await (const check of checkDatasets(ids, openWorkspace(flags))) {
      checks.push(check);
      if (format === "table") console.log(await renderCheck(check));
    }
    if (format === "json") console.log(JSON.stringify(checks, undefined, 2));
    const differing = checks.filter(({ figures }) => figures.some(({ verdict }) => verdict === "differs"));
    if (differing.length === 0) return;
    throw new HarnessError("DATA_INVALID", `${differing.map(({ id }) => id).join(", ")}: not what the card describes.`);
  },
};
