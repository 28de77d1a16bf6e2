import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { CellResult, DatasetGroup, DatasetSummary, ExperimentResult } from "../../domain/result.ts";
import type { ExperimentComparison } from "../../domain/spike-comparison.ts";
import { HarnessError } from "../../errors.ts";
import { hashJson, type Json } from "../../storage/content-hash.ts";
import { fileError } from "../../storage/file-error.ts";

/** What other commands read of a result. */
export type KnownResult = Pick<ExperimentResult, "id" | "name" | "measures" | "declaredAlpha"> & {
  readonly datasets: readonly DatasetSummary[];
  readonly groups: readonly DatasetGroup[];
  readonly cells: readonly CellResult[];
};

const header = z.looseObject({ schemaVersion: z.number(), id: z.string(), cells: z.array(z.unknown()) });

/** The shape is that of our own writer: the hash of its content says that nothing else wrote it. */
const written = z.custom<ExperimentResult>();

/**
 * A `result.json` as it was written.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file that is no result, is one of another
 *   schema version, or was changed since it was written
 */
export async function readResult(path: string): Promise<ExperimentResult> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  return parseResult(text, path);
}

/** As `readResult`, of a text. @param path how messages call it */
export function parseResult(text: string, path: string): ExperimentResult {
  const value = parseJson(text);
  const known = header.safeParse(value);
  if (!known.success) {
    throw new HarnessError("DATA_INVALID", "expected the result.json of a run.", { where: path });
  }
  if (known.data.schemaVersion !== 2) {
    throw new HarnessError("DATA_INVALID", `expected a result of schema version 2, got ${known.data.schemaVersion}.`, {
      where: path,
      hint: "Run the experiment again: finished cells are kept.",
    });
  }
  if (!isUnchanged(known.data)) {
    throw new HarnessError("DATA_INVALID", "the result was changed since it was written: its id does not fit.", {
      where: path,
      hint: "Run the experiment again: finished cells are kept.",
    });
  }
  return written.parse(value);
}

/** The comparison of a result file that is whole; undefined where there is none. */
export async function readComparison(path: string): Promise<ExperimentComparison | undefined> {
  const value = parseJson(await readFile(path, "utf8").catch(() => ""));
  const known = header.safeParse(value);
  if (!known.success || known.data.schemaVersion !== 2 || !isUnchanged(known.data)) return undefined;
  return written.parse(value).comparison ?? undefined;
}

function isUnchanged({ id, ...content }: Readonly<Record<string, unknown>>): boolean {
  return hashJson(z.custom<Json>().parse(content)) === id;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
