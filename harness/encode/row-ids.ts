import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import { readNpyTexts } from "../storage/npy.ts";
import { readLineBatches } from "../storage/text-lines.ts";

/**
 * Ids of rows, from the file beside them: a `.npy` of strings or integers; a `.json` with a list, or with an object from
 * position to id, as Python's dict of positions becomes; else a text of one id a line (plain or gzip).
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`, `DATA_INVALID`
 */
export async function readRowIds(path: string): Promise<readonly string[]> {
  const lower = path.toLowerCase();
  const ids = lower.endsWith(".npy")
    ? await readNpyTexts(path)
    : lower.endsWith(".json")
      ? await readJsonIds(path)
      : await readTextIds(path);
  const empty = ids.indexOf("");
  if (empty === -1) return ids;
  throw new HarnessError("DATA_INVALID", `expected an id for row ${empty + 1}, found an empty one.`, { where: path });
}

async function readTextIds(path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  // white space may be part of an id
  for await (const { lines } of readLineBatches(path)) for (const line of lines) ids.push(line);
  return ids;
}

async function readJsonIds(path: string): Promise<readonly string[]> {
  const json = parseJson(await readText(path), path);
  if (Array.isArray(json)) return json.map((id: unknown, row) => idOf(id, row, path));
  if (json === null || typeof json !== "object") throw noIds(path, "neither a list nor an object");
  const byPosition = new Map<string, unknown>(Object.entries(json));
  return Array.from({ length: byPosition.size }, (_, row) => idOf(byPosition.get(String(row)), row, path));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HarnessError("DATA_INVALID", "expected JSON.", { where, cause });
  }
}

function idOf(id: unknown, row: number, where: string): string {
  if (typeof id === "string") return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw noIds(where, id === undefined ? `nothing for position ${row}` : `\`${JSON.stringify(id)}\` at position ${row}`);
}

function noIds(where: string, found: string): HarnessError {
  return new HarnessError("DATA_INVALID", `expected ids, one for each position from 0, found ${found}.`, { where });
}
