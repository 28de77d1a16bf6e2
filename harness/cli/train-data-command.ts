import type { CommandModule } from "yargs";
import { trainDataDpoCommand } from "./train-data-dpo-command.ts";
import { trainDataSftCommand } from "./train-data-sft-command.ts";
import { trainDataSupervisedCommand } from "./train-data-supervised-command.ts";

/** `spikebench train-data ...`: a file for each of its commands. */
export const trainDataCommand: CommandModule = {
  command: "train-data <command>",
  describe: "Build data sets to tune scenario generators, query expanders and retrievers with other tools",
  builder: (cli) =>
    cli
      .command(trainDataSftCommand)
      .command(trainDataDpoCommand)
      .command(trainDataSupervisedCommand)
      .demandCommand(1, "expected a command.")
      .strict(),
  handler: () => undefined,
};
