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

/** Flags of a command that divides a run into tasks. */
export function divisionFlags<Flags>(cli: Argv<Flags>) {
  return cli
    .option("cells-per-task", {
      type: "string",
      requiresArg: true,
      describe: "with tasks: cells of a task, at least; 1, or 64 with slurm",
    })
    .option("texts-per-task", {
      type: "string",
      requiresArg: true,
      describe: "with tasks: texts that one encodes; by default what takes about ten minutes",
    })
    .option("documents-per-task", {
      type: "string",
      requiresArg: true,
      describe: "with tasks: share exact searches out by documents, so many a task",
    })
    .option("queries-per-task", {
      type: "string",
      requiresArg: true,
      describe: "with tasks: share exact searches out by queries, so many a task",
    });
}

export type DivisionFlags = {
  readonly cellsPerTask?: string | undefined;
  readonly textsPerTask?: string | undefined;
  readonly documentsPerTask?: string | undefined;
  readonly queriesPerTask?: string | undefined;
};

/** Flags of a command that can run by tasks. */
export function taskFlags<Flags>(cli: Argv<Flags>) {
  return divisionFlags(cli)
    .option("executor", {
      choices: ["local", "slurm"] as const,
      requiresArg: true,
      describe: "divide the run into tasks, each in a process of its own; other cells go on when some fail",
    })
    .option("attempts", {
      type: "string",
      requiresArg: true,
      describe: "with tasks: how often one is started, at most; 1, or 3 with slurm",
    })
    .option("slurm", {
      type: "string",
      requiresArg: true,
      describe: "with slurm: file of its options (YAML), such as partition, time, cpus, gres, setup",
    })
    .option("detach", {
      type: "boolean",
      default: false,
      describe: "with slurm: hand the tasks over and end; run again to wait for them and to report",
    });
}

export type TaskFlags = DivisionFlags & {
  readonly executor?: "local" | "slurm" | undefined;
  readonly slurm?: string | undefined;
  readonly detach: boolean;
  readonly attempts?: string | undefined;
};

/** The flag that says which tasks are meant. */
export function manifestFlag<Flags>(cli: Argv<Flags>) {
  return cli.option("manifest", {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "task manifest, as `task plan` and `run --executor` write it",
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
