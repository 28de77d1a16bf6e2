import type { CommandModule } from "yargs";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & {
  readonly path: string;
  readonly dataset: string;
  readonly layout: "generator" | "training";
  readonly to: string;
};

export const scenariosExportCommand: CommandModule<object, Flags> = {
  command: "export <path>",
  describe: "Write scenarios in SPIKE's own layouts, parquet or JSONL",
  builder: (cli) =>
    workspaceFlags(cli.positional("path", { type: "string", demandOption: true }))
      .option("dataset", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "whose documents they are of",
      })
      .option("layout", {
        choices: ["generator", "training"] as const,
        default: "generator" as const,
        requiresArg: true,
        describe: "a row a scenario, or a row a document with `scenario_list`",
      })
      .option("to", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "FILE.parquet or FILE.jsonl",
      }) as never,
  async handler({ path, dataset, layout, to, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { exportScenarios } = await import("../pipeline/generation/export-scenarios.ts");
    const { rows, leftOut } = await exportScenarios({ path, dataset, layout, to }, openWorkspace(flags));
    console.log(`${to}: ${rows} rows; ${leftOut} failures and texts without parts left out.`);
  },
};
