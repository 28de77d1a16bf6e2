import type { CommandModule } from "yargs";
import { scenariosCheckCommand } from "./scenarios-check-command.ts";
import { scenariosExportCommand } from "./scenarios-export-command.ts";
import { scenariosGenerateCommand } from "./scenarios-generate-command.ts";
import { scenariosImportCommand } from "./scenarios-import-command.ts";
import { scenariosRetryCommand } from "./scenarios-retry-command.ts";
import { scenariosShowCommand } from "./scenarios-show-command.ts";
import { scenariosStatsCommand } from "./scenarios-stats-command.ts";

/** `spikebench scenarios ...`: a file for each of its commands. */
export const scenariosCommand: CommandModule = {
  command: "scenarios <command>",
  describe: "Work with scenario sets: generate, retry, show, check, import, export them, and their statistics",
  builder: (cli) =>
    cli
      .command(scenariosGenerateCommand)
      .command(scenariosRetryCommand)
      .command(scenariosShowCommand)
      .command(scenariosCheckCommand)
      .command(scenariosStatsCommand)
      .command(scenariosImportCommand)
      .command(scenariosExportCommand)
      .demandCommand(1, "expected a command.")
      .strict(),
  handler: () => undefined,
};
