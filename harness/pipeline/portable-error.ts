import { sep } from "node:path";
import { HarnessError } from "../errors.ts";

/** An error as one text. */
export function describeError(error: unknown): string {
  return error instanceof HarnessError ? `${error.code}: ${error.message}` : String(error);
}

/** The same for results, which are the same on every machine: they name files from the root of the results on. */
export function portableError(error: unknown, { out }: { readonly out: string }): string {
  return describeError(error).replaceAll(`${out}${sep}`, "");
}
