import { HarnessError } from "../errors.ts";
import type { TaskFlags } from "./flags.ts";

/** Flags that mean a list; any other stands once, for a second value would silently win or make a list of a text. */
const REPEATABLE: readonly string[] = ["data", "measures", "ids", "base-url", "baseUrl", "results", "_"];

/**
 * Refuses a flag that is given twice or without a value: yargs hands on a list or an empty text where one text is
 * declared.
 *
 * @throws {HarnessError} `USAGE`
 */
export function checkFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (Array.isArray(value) && !REPEATABLE.includes(name)) throw usage(`expected \`--${name}\` once, got it twice.`);
    if ([value].flat().includes("")) throw usage(`expected a value for \`${name}\`, got none.`);
  }
}

/**
 * What went wrong in yargs or in a command: yargs' own complaints become one sentence, the rest stays as it is.
 *
 * @param command whose help says what was expected; undefined where none was named
 */
export function failureOf(message: string | undefined, error: Error | undefined, command?: string): Error {
  // yargs passes most of wrong usage as a message only, some of it as an error of its own, and what a handler threw
  if (error !== undefined && error.name !== "YError") return error;
  const text = (message ?? error?.message ?? "wrong usage").replaceAll(/\s+/g, " ").trim();
  return usage(/[.?!]$/.test(text) ? text : `${text}.`, command);
}

/** What means something with another executor only must not look as if it had done something. @throws {HarnessError} `USAGE` */
export function checkTaskFlags({ executor, attempts, slurm, detach, ...sizes }: TaskFlags): void {
  const refuse = (given: Readonly<Record<string, unknown>>, expected: string) => {
    const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (name !== undefined) throw usage(`expected \`${expected}\` with \`--${name}\`, got ${executor ?? "none"}.`);
  };
  if (executor !== "slurm") refuse({ slurm, detach: detach || undefined }, "--executor slurm");
  if (executor !== undefined) return;
  const { cellsPerTask, textsPerTask, documentsPerTask, queriesPerTask } = sizes;
  refuse({ attempts, "cells-per-task": cellsPerTask, "texts-per-task": textsPerTask }, "--executor");
  refuse({ "documents-per-task": documentsPerTask, "queries-per-task": queriesPerTask }, "--executor");
}

function usage(message: string, command?: string): HarnessError {
  return new HarnessError("USAGE", message, {
    hint: `See \`spikebench ${command === undefined ? "" : `${command} `}--help\`.`,
  });
}
