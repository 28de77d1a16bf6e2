import yargs from "yargs";
import { commands } from "./commands.ts";
import { reportFailure } from "./failure.ts";
import { packageVersion } from "./package-version.ts";
import { checkFlags, failureOf } from "./usage.ts";

/** Runs the command that the words after `spikebench` name, and prints what it has to say. @returns its exit code */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const named = commands.find(({ command }) => words[0] !== undefined && `${command}`.split(" ")[0] === words[0]);
  try {
    const parser = yargs([...words])
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
    return 0;
  } catch (error) {
    return reportFailure(error);
  }
}
