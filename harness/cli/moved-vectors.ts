import type { MovedVectors } from "../domain/cache-facts.ts";
import { HarnessError } from "../errors.ts";
import { renderMoved } from "../report/cache-tables.ts";
import { formatBytes } from "../runtime/progress.ts";

/** Prints what was copied. @throws {HarnessError} `DATA_INVALID` when something was not */
export function printMoved(moved: MovedVectors): void {
  console.log(renderMoved(moved, formatBytes));
  const count = moved.refused.length;
  if (count === 0) return;
  throw new HarnessError("DATA_INVALID", `${count} ${count === 1 ? "item was" : "items were"} not copied.`, {
    hint: "All others were.",
  });
}
