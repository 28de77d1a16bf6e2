import { HarnessError } from "../errors.ts";
import { oneLine } from "../report/figure-text.ts";

/** Prints why a command ended early and gives its exit code: one line for what a user can mend, a stack for a bug. */
export function reportFailure(error: unknown): number {
  if (error instanceof HarnessError) {
    console.error(`spikebench: ${oneLine(error.message)} [${error.code}]`);
    return error.exitCode;
  }
  console.error("spikebench: this is a bug in spikebench; please report it with the lines below.");
  console.error(error);
  return 1;
}
