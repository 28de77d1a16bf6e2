import type { CommandModule } from "yargs";
import { cacheDuCommand } from "./cache-du-command.ts";
import { cacheExportCommand } from "./cache-export-command.ts";
import { cacheImportCommand } from "./cache-import-command.ts";
import { cacheLsCommand } from "./cache-ls-command.ts";
import { cachePruneCommand } from "./cache-prune-command.ts";
import { cacheVerifyCommand } from "./cache-verify-command.ts";

/** `spikebench cache ...`: a file for each of its commands. */
export const cacheCommand: CommandModule = {
  command: "cache <command>",
  describe: "Look after cached vectors: list, measure, verify, prune, export and import them",
  builder: (cli) =>
    cli
      .command(cacheLsCommand)
      .command(cacheDuCommand)
      .command(cacheVerifyCommand)
      .command(cachePruneCommand)
      .command(cacheExportCommand)
      .command(cacheImportCommand)
      .demandCommand(1, "expected a command.")
      .strict(),
  handler: () => undefined,
};
