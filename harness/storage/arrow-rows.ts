import { type FileHandle, open } from "node:fs/promises";
import type { RecordBatch, Vector } from "apache-arrow";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { halfToNumber } from "./float16.ts";

/** A row, counted from 1, with texts, numbers, booleans, and lists of numbers; null where the file has none. */
export type ArrowRow = { readonly row: number; readonly value: Readonly<Record<string, unknown>> };

type ArrowModule = typeof import("apache-arrow");

/**
 * Streams the rows of chosen columns of an Arrow IPC file or stream, record batch by record batch, told apart by their
 * first bytes. A list of floats of whatever size comes as a typed array, one with gaps as an array with nulls. 64-bit
 * numbers come as numbers where they are exact, and as their digits beyond.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file that is no Arrow, a damaged or a
 *   compressed one, and for a column that it has not
 * Source: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
export async function* readArrowRows(path: string, columns: readonly string[]): AsyncGenerator<readonly ArrowRow[]> {
  try {
    const arrow = await import("apache-arrow");
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const reader = await (await arrow.RecordBatchReader.from(withoutEmptyReads(file))).open();
      // of bytes that are no Arrow at all, Arrow makes a reader without a schema
      const names: readonly string[] = reader.schema?.fields.map(({ name }) => name) ?? [];
      if (names.length === 0) throw new Error("it has no schema");
      requireColumns(path, names, columns);
      let row = 1;
      for await (const batch of reader) {
        // a row takes some of the file; more of them would only be looked for
        if (batch.numRows > size) throw new Error(`a batch would have ${batch.numRows} rows`);
        yield rowsOf(batch, columns, { arrow, first: row });
        row += batch.numRows;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw arrowError(path, cause);
  }
}

/**
 * The file for Arrow's reader, which goes on forever where it gets nothing (after a length below zero, or in a file that
 * becomes shorter), and which closes what it was given.
 */
function withoutEmptyReads(file: FileHandle): FileHandle {
  async function read(buffer: Uint8Array, offset: number, length: number, position: number) {
    const { bytesRead } = position < 0 ? { bytesRead: 0 } : await file.read(buffer, offset, length, position);
    if (bytesRead === 0 && length > 0) throw new Error(`it has nothing at byte ${position}`);
    return { bytesRead, buffer };
  }
  return Object.create(file, { read: { value: read }, close: { value: () => Promise.resolve() } });
}

function requireColumns(path: string, found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length === 0) return;
  throw new HarnessError("DATA_INVALID", `expected a column ${quote(missing)}, found ${quote(found)}.`, {
    where: path,
  });
}

function quote(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function rowsOf(
  batch: RecordBatch,
  columns: readonly string[],
  { arrow, first }: { readonly arrow: ArrowModule; readonly first: number },
): readonly ArrowRow[] {
  const read = columns.map((name) => {
    const column = batch.getChild(name);
    if (column?.length !== batch.numRows) throw new Error(`column ${name} is shorter than its batch`);
    return { name, column };
  });
  return Array.from({ length: batch.numRows }, (_, index) => ({
    row: first + index,
    value: Object.fromEntries(read.map(({ name, column }) => [name, plainValue(column.get(index), arrow)])),
  }));
}

function plainValue(value: unknown, arrow: ArrowModule): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof arrow.Vector ? listValues(value, arrow) : value;
}

function listValues(list: Vector, { Precision, DataType }: ArrowModule): ArrayLike<unknown> {
  if (list.nullCount > 0 || !DataType.isFloat(list.type)) return Array.from(list, (item: unknown) => item);
  const values: Float32Array | Float64Array | Uint16Array = list.toArray();
  if (values.length !== list.length) throw new Error("a list reaches beyond its values");
  return list.type.precision === Precision.HALF ? Float32Array.from(values, halfToNumber) : values;
}

/** Arrow throws plain errors, and RangeErrors or TypeErrors where bytes are not what they should be. */
function arrowError(path: string, cause: unknown): unknown {
  if (cause instanceof HarnessError || !(cause instanceof Error)) return cause;
  const failure = fileError(path, "read", cause);
  if (failure !== cause || "syscall" in cause) return failure;
  const isCompressed = /codec not found/.test(cause.message);
  return new HarnessError(
    "DATA_INVALID",
    `expected a whole uncompressed Arrow file, found a ${isCompressed ? "compressed" : "damaged or foreign"} one (${cause.message}).`,
    {
      where: path,
      hint: isCompressed
        ? "Write it with `compression=None` (Feather: `compression='uncompressed'`)."
        : "Write it again.",
      cause,
    },
  );
}
