import type { Argv } from "yargs";

/** Flags of every command that reads the data of a run file. */
export function workspaceFlags<Flags>(cli: Argv<Flags>) {
  return cli
    .option("data", {
      type: "string",
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: "folder of a dataset, as id=PATH; may be given several times",
    })
    .option("out", {
      type: "string",
      default: ".",
      requiresArg: true,
      describe: "folder that holds runs/ and reports/",
    })
    .option("strict", { type: "boolean", default: false, describe: "treat judgements of unknown documents as errors" });
}

/** The positional run file. */
export function runFile<Flags>(cli: Argv<Flags>) {
  return cli.positional("file", { type: "string", demandOption: true, describe: "run file (YAML)" });
}

export type FormatFlag = { readonly format: "table" | "json" };

/** How a command prints what it found. */
export function formatFlag<Flags>(cli: Argv<Flags>) {
  return cli.option("format", {
    choices: ["table", "json"] as const,
    default: "table" as const,
    requiresArg: true,
  });
}
