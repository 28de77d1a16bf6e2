#!/usr/bin/env node
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { commands } from "./commands.ts";
import { reportFailure } from "./failure.ts";
import { packageVersion } from "./package-version.ts";
import { checkFlags, failureOf } from "./usage.ts";

// a closed pipe (`spikebench ... | head`) is how a reader says that it has enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});
// without a reader of progress and logs the work goes on
process.stderr.on("error", () => undefined);

const words = hideBin(process.argv);
const named = commands.find(({ command }) => words[0] !== undefined && `${command}`.split(" ")[0] === words[0]);

try {
  const parser = yargs(words)
    .scriptName("spikebench")
    .usage("$0 <command>\n\nMeasures whether scenario-profiled indexing (SPIKE) improves a retriever.")
    .version(packageVersion())
    .locale("en")
    .demandCommand(1, "expected a command.")
    .strict()
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false })
    .wrap(100)
    .middleware(checkFlags, true)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw failureOf(message, error, named && words[0]);
    });
  await commands
    .reduce((cli, command) => cli.command(command), parser)
    .completion("completion", "Print a script that completes commands and flags, for bash or zsh")
    .parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
