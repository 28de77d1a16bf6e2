import type { CommandModule } from "yargs";
import { modelsFetchCommand } from "./models-fetch-command.ts";
import { modelsListCommand } from "./models-list-command.ts";

/** `spikebench models ...`: a file for each of its commands. */
export const modelsCommand: CommandModule = {
  command: "models <command>",
  describe: "Work with local models: list and fetch them",
  builder: (cli) =>
    cli.command(modelsListCommand).command(modelsFetchCommand).demandCommand(1, "expected a command.").strict(),
  handler: () => undefined,
};
