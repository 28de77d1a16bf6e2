import { HarnessError } from "../errors.ts";

/** Prints why a command ended early and gives its exit code: one line for what a user can mend, a stack for a bug. */
export function reportFailure(error: unknown): number {
  if (error instanceof HarnessError) {
    console.error(`spikebench: ${printable(error.message)} [${error.code}]`);
    return error.exitCode;
  }
  console.error("spikebench: this is a bug in spikebench; please report it with the lines below.");
  console.error(error);
  return 1;
}

/** Messages quote what they found, and data may hold what would steer a terminal. */
function printable(message: string): string {
  return message.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ");
}
