import type { ExperimentResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { FOLDER_NAME, isSafePath } from "../../storage/safe-path.ts";
import { readResult } from "./read-result.ts";

/**
 * A result whose names are safe as paths.
 *
 * @throws {HarnessError} as `readResult`; `DATA_INVALID` for a name that no folder can have, or a run outside the result's folder
 */
export async function readNamedResult(path: string): Promise<ExperimentResult> {
  const result = await readResult(path);
  const isSafe = FOLDER_NAME.test(result.name) && result.cells.every(({ run }) => run === null || isSafePath(run));
  if (isSafe) return result;
  throw new HarnessError("DATA_INVALID", "expected names that stay within the result's folder.", { where: path });
}
