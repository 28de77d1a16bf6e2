import { open } from "node:fs/promises";
import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";

/** What a cell can hold: texts, numbers, booleans, lists and maps of them; null where the file has none. */
export type ParquetRow = { readonly row: number; readonly value: Readonly<Record<string, unknown>> };

export type ParquetShape = { readonly rows: number; readonly columns: readonly string[] };

/** Uncompressed bytes of the chosen columns that are decoded at once. Larger: a page is decoded less often. */
const BYTES_PER_SLICE = 48 << 20;
const ROWS_PER_BATCH = 512;

/**
 * Number of rows and names of the columns, from the footer alone.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`, `DATA_INVALID` for a file that is no parquet or a cut one
 */
export async function describeParquet(path: string): Promise<ParquetShape> {
  return await withParquet(path, ({ metadata }) => Promise.resolve(shapeOf(metadata)));
}

/**
 * Streams the rows of chosen columns, row group by row group and within a group in slices of about 48 MB, so that memory
 * follows the largest page and not the file. Rows are counted from 1. 64-bit numbers come as numbers where they are
 * exact, and as their digits beyond. With `keep` only the rows come back whose value of a number column it accepts; the texts
 * of the others are not even decoded. Slices before row `from` are not read.
 *
 * @throws {HarnessError} as `describeParquet`, and `DATA_INVALID` for a column that the file has not
 * Source: https://parquet.apache.org/docs/file-format/; every codec of hyparquet-compressors.
 */
export async function* readParquetRows(
  path: string,
  columns: readonly string[],
  { keep, from = 1 }: RowChoice = {},
): AsyncGenerator<readonly ParquetRow[]> {
  const opened = await openParquet(path);
  try {
    requireColumns(path, shapeOf(opened.metadata).columns, columns);
    for (const slice of slices(opened.metadata, columns)) {
      const { end } = slice;
      const start = Math.max(slice.start, from - 1);
      if (start >= end) continue;
      const values = await readSlice(opened, columns, { start, end });
      for (let first = start; first < end; first += ROWS_PER_BATCH) {
        yield rowsOf(values, columns, {
          first: first - start,
          last: Math.min(first + ROWS_PER_BATCH, end) - start,
          start,
          keep,
        });
      }
    }
  } catch (cause) {
    throw parquetError(path, cause);
  } finally {
    await opened.close();
  }
}

type RowChoice = {
  readonly keep?: RowFilter | undefined;
  /** First row that is read, counted from 1. */
  readonly from?: number | undefined;
};

/** @param column one of those that are read */
type RowFilter = { readonly column: string; accepts(value: number): boolean };

type OpenParquet = { readonly file: AsyncBuffer; readonly metadata: FileMetaData; close(): Promise<void> };
type RowSpan = { readonly start: number; readonly end: number };

async function withParquet<Result>(path: string, work: (opened: OpenParquet) => Promise<Result>): Promise<Result> {
  const opened = await openParquet(path);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

async function openParquet(path: string): Promise<OpenParquet> {
  try {
    const handle = await open(path, "r");
    try {
      const file: AsyncBuffer = {
        byteLength: (await handle.stat()).size,
        async slice(start, end = file.byteLength) {
          const bytes = new Uint8Array(Math.max(0, end - start));
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
          if (bytesRead < bytes.length) throw new Error(`it ends ${bytes.length - bytesRead} bytes early`);
          return bytes.buffer;
        },
      };
      const { parquetMetadataAsync } = await import("hyparquet");
      const metadata = await parquetMetadataAsync(file, { parsers: { stringFromBytes: keepBytes }, geoparquet: false });
      return { file, metadata, close: () => handle.close() };
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  } catch (cause) {
    throw parquetError(path, cause);
  }
}

function shapeOf({ schema, num_rows }: FileMetaData): ParquetShape {
  const [root] = schema;
  const columns: string[] = [];
  // the schema is a tree in preorder: a column's descendants follow it
  for (let index = 1; index < schema.length && columns.length < (root?.num_children ?? 0); ) {
    columns.push(schema[index]?.name ?? "");
    index += descendants(schema, index) + 1;
  }
  return { rows: Number(num_rows), columns };
}

function descendants(schema: FileMetaData["schema"], index: number): number {
  let count = 0;
  for (let child = 0; child < (schema[index]?.num_children ?? 0); child += 1) {
    count += descendants(schema, index + count + 1) + 1;
  }
  return count;
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

/** Row groups, cut where a group's chosen columns are too much to decode at once. */
function* slices(metadata: FileMetaData, columns: readonly string[]): Generator<RowSpan> {
  let first = 0;
  for (const { num_rows, columns: chunks } of metadata.row_groups) {
    const rows = Number(num_rows);
    const chosen = chunks.filter(({ meta_data }) => columns.includes(meta_data?.path_in_schema[0] ?? ""));
    const bytes = chosen.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0);
    const step = Math.ceil(rows / Math.max(1, Math.ceil(bytes / BYTES_PER_SLICE)));
    for (let start = first; start < first + rows; start += step) {
      yield { start, end: Math.min(start + step, first + rows) };
    }
    first += rows;
  }
}

type ColumnValues = ReadonlyMap<string, ArrayLike<unknown>>;

/** Values of a slice, column after column. Texts stay views of the decoded pages, outside the heap, until they are asked for. */
async function readSlice(
  { file, metadata }: OpenParquet,
  columns: readonly string[],
  rows: RowSpan,
): Promise<ColumnValues> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const values = new Map<string, ArrayLike<unknown>>();
  for (const column of columns) {
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: [column],
      rowStart: rows.start,
      rowEnd: rows.end,
      useOffsetIndex: true,
      parsers: { stringFromBytes: keepBytes, jsonFromBytes: keepBytes },
      geoparquet: false,
      onComplete: (table) =>
        values.set(
          column,
          table.map(([value]) => value),
        ),
    });
    const count = values.get(column)?.length ?? 0;
    if (count !== rows.end - rows.start) {
      throw new Error(`column ${column} has ${count} values for ${rows.end - rows.start} rows`);
    }
  }
  return values;
}

function keepBytes(bytes: Uint8Array): Uint8Array {
  return bytes;
}

type RowRange = {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly keep: RowFilter | undefined;
};

function rowsOf(
  values: ColumnValues,
  columns: readonly string[],
  { first, last, start, keep }: RowRange,
): readonly ParquetRow[] {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array) => decoder.decode(bytes);
  const decisive = keep && values.get(keep.column);
  const rows: ParquetRow[] = [];
  for (let at = first; at < last; at++) {
    if (keep !== undefined && !keep.accepts(Number(decisive?.[at]))) continue;
    const value = Object.fromEntries(columns.map((name) => [name, plainValue(values.get(name)?.[at], decode)]));
    rows.push({ row: start + at + 1, value });
  }
  return rows;
}

function plainValue(value: unknown, decode: (bytes: Uint8Array) => string): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return decode(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map((item) => plainValue(item, decode));
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value === "object" && !(value instanceof Date)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainValue(member, decode)]));
  }
  return value;
}

/** hyparquet throws plain errors, and RangeErrors or TypeErrors where bytes are not what they should be. */
function parquetError(path: string, cause: unknown): unknown {
  if (cause instanceof HarnessError || !(cause instanceof Error)) return cause;
  const failure = fileError(path, "read", cause);
  if (failure !== cause || "syscall" in cause) return failure;
  return new HarnessError(
    "DATA_INVALID",
    `expected a whole parquet file, found a damaged or foreign one (${cause.message}).`,
    {
      where: path,
      hint: "Fetch it again.",
      cause,
    },
  );
}
