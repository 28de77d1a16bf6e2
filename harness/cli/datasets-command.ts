import type { CommandModule } from "yargs";
import { datasetsCheckCommand } from "./datasets-check-command.ts";
import { datasetsExportCommand } from "./datasets-export-command.ts";
import { datasetsFetchCommand } from "./datasets-fetch-command.ts";
import { datasetsImportCommand } from "./datasets-import-command.ts";
import { datasetsListCommand } from "./datasets-list-command.ts";
import { datasetsShowCommand } from "./datasets-show-command.ts";

/** `spikebench datasets ...`: a file for each of its commands. */
export const datasetsCommand: CommandModule = {
  command: "datasets <command>",
  describe: "Work with datasets: list, show, fetch, check, import and export them",
  builder: (cli) =>
    cli
      .command(datasetsListCommand)
      .command(datasetsShowCommand)
      .command(datasetsFetchCommand)
      .command(datasetsCheckCommand)
      .command(datasetsImportCommand)
      .command(datasetsExportCommand)
      .demandCommand(1, "expected a command.")
      .strict(),
  handler: () => undefined,
};
