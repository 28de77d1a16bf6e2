import { HarnessError } from "../errors.ts";
import { type LinePlace, readPlacedLines } from "./text-lines.ts";

/** One object of a JSON Lines file and the line it stands on, counted from 1. */
export type JsonLine = { readonly line: number; readonly value: Readonly<Record<string, unknown>> };

/**
 * Streams the objects of a JSON Lines file (plain or gzip), a batch at a time; blank lines are passed over.
 *
 * @throws {HarnessError} `DATA_INVALID` with file and line when a line is not one JSON object; and as `readLineBatches`
 */
export async function* readJsonLines(path: string): AsyncGenerator<readonly JsonLine[]> {
  for await (const { objects } of readPlacedJson(path)) yield objects;
}

/**
 * As `readJsonLines`, from any place that a pass before has told.
 *
 * @throws {HarnessError} as `readJsonLines`
 */
export async function* readPlacedJson(
  path: string,
  from?: LinePlace,
): AsyncGenerator<{ readonly place: LinePlace; readonly objects: readonly JsonLine[] }> {
  for await (const { place, lines } of readPlacedLines(path, from)) {
    yield { place, objects: parseLines(path, place.line, lines) };
  }
}

function parseLines(path: string, first: number, lines: readonly string[]): readonly JsonLine[] {
  const batch: JsonLine[] = [];
  for (const [index, text] of lines.entries()) {
    if (text.trim() !== "")
      batch.push({ line: first + index, value: parseJsonObject(text, `${path}:${first + index}`) });
  }
  return batch;
}

/**
 * The object that a line of JSON Lines holds.
 *
 * @param where the line, as `path:line`
 * @throws {HarnessError} `DATA_INVALID`
 */
export function parseJsonObject(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError("DATA_INVALID", `expected one JSON object on the line, got invalid JSON (${reason}).`, {
      where,
      hint: "Write one object a line, and no NaN or trailing commas.",
      cause,
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    const found = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
    throw new HarnessError("DATA_INVALID", `expected a JSON object on the line, got ${found}.`, { where });
  }
  return value as Readonly<Record<string, unknown>>;
}
