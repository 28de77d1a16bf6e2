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

/** Flags of a command that searches vectors. */
export function computeFlags<Flags>(cli: Argv<Flags>) {
  return cli
    .option("threads", { type: "string", requiresArg: true, describe: "threads that search vectors; one a processor" })
    .option("max-ram", {
      type: "string",
      requiresArg: true,
      describe: "memory for searching vectors (4GB); ids, queries, scenarios and a model come on top",
    });
}

/** The positional run file. */
export function runFile<Flags>(cli: Argv<Flags>) {
  return cli.positional("file", { type: "string", demandOption: true, describe: "run file (YAML)" });
}

/** The positional file that declares a training set. */
export function trainingFile<Flags>(cli: Argv<Flags>) {
  return cli.positional("file", { type: "string", demandOption: true, describe: "declaration of the set (YAML)" });
}

/** Flags of a command that may ask models. */
export function askingFlags<Flags>(cli: Argv<Flags>) {
  return cli
    .option("generate", {
      type: "boolean",
      default: false,
      describe: "ask models for texts that are missing; may cost money, without it the cost is told",
    })
    .option("retry-failed", {
      type: "boolean",
      default: false,
      describe: "with --generate: ask again for failures that were kept",
    });
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
