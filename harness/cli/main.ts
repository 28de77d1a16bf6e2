#!/usr/bin/env node
import { readFileSync } from "node:fs";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { HarnessError } from "../errors.ts";
import { commands } from "./commands.ts";
import { reportFailure } from "./failure.ts";

// a closed pipe (`spikebench ... | head`) is how a reader says that it has enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

try {
  const parser = yargs(hideBin(process.argv))
    .scriptName("spikebench")
    .usage("$0 <command>\n\nMeasures whether scenario-profiled indexing (SPIKE) improves a retriever.")
    .version(packageVersion())
    .locale("en")
    .demandCommand(1, "expected a command.")
    .strict()
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false })
    .wrap(100)
    .fail((message: string | undefined, error: Error | undefined) => {
      // yargs passes wrong usage as a message only, and what a handler threw as the error
      throw error ?? new HarnessError("USAGE", message ?? "wrong usage.", { hint: "See `spikebench --help`." });
    });
  await commands.reduce((cli, command) => cli.command(command), parser).parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return version;
}
