import type { CommandModule } from "yargs";
import { workspaceFlags } from "./flags.ts";
import type { WorkspaceFlags } from "./surroundings.ts";

type Flags = WorkspaceFlags & {
  readonly path: string;
  readonly dataset: string | undefined;
  readonly rowsOf: string | undefined;
  readonly format: "table" | "json";
};

export const scenariosStatsCommand: CommandModule<object, Flags> = {
  command: "stats <path>",
  describe: "Coverage, noise, duplicates, lengths, and how much of the test queries' wording the scenarios repeat",
  builder: (cli) =>
    workspaceFlags(cli.positional("path", { type: "string", demandOption: true }))
      .option("dataset", {
        type: "string",
        requiresArg: true,
        describe: "dataset id; that of the manifest unless told",
      })
      .option("rows-of", { type: "string", requiresArg: true, describe: "take rows whose column `dataset` says so" })
      .option("format", { choices: ["table", "json"] as const, default: "table" as const, requiresArg: true }) as never,
  async handler({ path, dataset, rowsOf, format, ...flags }) {
    const { openWorkspace } = await import("./surroundings.ts");
    const { scenarioStatisticsOf } = await import("../pipeline/generation/inspect-scenarios.ts");
    const statistics = await scenarioStatisticsOf(path, { dataset, rowsOf }, openWorkspace(flags));
    if (format === "json") {
      console.log(JSON.stringify(statistics, undefined, 2));
      return;
    }
    const { renderScenarioStatistics } = await import("../report/scenario-tables.ts");
    console.log(await renderScenarioStatistics(statistics));
  },
};
