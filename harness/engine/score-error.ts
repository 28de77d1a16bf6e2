import { HarnessError } from "../errors.ts";

/** A vector that gives a score that is no finite number. */
export function scoreNotFinite(what: "documents" | "scenarios", row: number): HarnessError {
  return new HarnessError("SCORE_INVALID", "expected finite values whose products are finite in float32.", {
    where: `${what}, row ${row}`,
    hint: "Its vector holds a value that is infinite, no number or too large.",
  });
}
