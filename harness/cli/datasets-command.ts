import type { CommandModule } from "yargs";
import { datasetsFetchCommand } from "./datasets-fetch-command.ts";

/** `spikebench datasets ...`: a file for each of its commands. */
export const datasetsCommand: CommandModule = {
  command: "datasets <command>",
  describe: "Work with datasets: fetch them from their sources",
  builder: (cli) => cli.command(datasetsFetchCommand).demandCommand(1, "expected a command.").strict(),
  handler: () => undefined,
};
