import type { CommandModule } from "yargs";
import { datasetsExportCommand } from "./datasets-export-command.ts";
import { datasetsFetchCommand } from "./datasets-fetch-command.ts";
import { datasetsListCommand } from "./datasets-list-command.ts";
import { datasetsShowCommand } from "./datasets-show-command.ts";

/** `spikebench datasets ...`: a file for each of its commands. */
export const datasetsCommand: CommandModule = {
  command: "datasets <command>",
  describe: "Work with datasets: list, show, fetch and export them",
  builder: (cli) =>
    cli
      .command(datasetsListCommand)
      .command(datasetsShowCommand)
      .command(datasetsFetchCommand)
      .command(datasetsExportCommand)
      .demandCommand(1, "expected a command.")
      .strict(),
  handler: () => undefined,
};
