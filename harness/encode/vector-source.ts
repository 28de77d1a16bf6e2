import { HarnessError } from "../errors.ts";
import { NORM_TOLERANCE } from "./check-vectors.ts";
import { type ReadRows, rereadRows } from "./reread-rows.ts";
import { type Again, openRowTable, type RowTable } from "./row-table.ts";
import { rowNorm, unitRows } from "./unit-rows.ts";
import type { VectorBlock, VectorFile } from "./vector-file.ts";

/** Vectors by id. */
export type VectorSource = {
  /** @throws {HarnessError} `DATA_INVALID` for an id that the data did not have when the file was opened */
  vectors(ids: readonly string[]): Promise<Float32Array>;
};

export type SourceRequest = {
  readonly file: VectorFile;
  /** The file's path, for messages. */
  readonly where: string;
  /** Ids of the rows, where they are not in the file. */
  readonly labels: readonly string[] | undefined;
  /** The ids that the data has. */
  readonly expected: readonly string[];
  /** As of `openRowTable`. */
  readonly isByDocument: boolean;
  readonly normalize: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told what is odd about the file and yet no error; once each. */
  readonly onNote: (note: string) => void;
};

const SHOWN = 3;
/** Bytes of rows that are compared at once where ids occur twice. */
const COMPARED_BYTES = 64 << 20;

/**
 * Reads a file from end to end and checks it: every row finite, every id of the data there, ids that occur twice with equal
 * vectors only. Its vectors stay in the file.
 *
 * @throws {HarnessError} `SCORE_INVALID` for a value that is not finite, or without `normalize` a norm other than 1;
 *   `DATA_INVALID`, `DUPLICATE_ID`; as the file's reader
 */
export async function openVectorSource(request: SourceRequest): Promise<VectorSource> {
  const { file, where, expected, isByDocument, normalize, onNote } = request;
  const table = openRowTable(expected, isByDocument);
  const { rows, notUnit, zero } = await scan(request, table);
  requireRows(table, where);
  const read = file.read ?? rereadRows(file);
  await requireEqual(table.again, { read, where, dim: file.dim });
  if (notUnit > 0) onNote(`${notUnit} of ${rows} rows did not have norm 1 and were brought to it`);
  if (zero > 0) onNote(`${zero} of ${rows} rows are all zero`);
  if (table.foreign() > 0) onNote(`${table.foreign()} of ${rows} rows have ids that the data does not have`);
  return {
    async vectors(ids) {
      const values = await read(ids.map((id) => rowOf(id, table, where)));
      return normalize ? unitRows(values, file.dim) : new Float32Array(values);
    },
  };
}

function rowOf(id: string, table: RowTable, where: string): number {
  const row = table.rowOf(id);
  if (row === undefined) throw missingIds(where, [id]);
  return row;
}

type Counts = { rows: number; notUnit: number; zero: number };

async function scan(request: SourceRequest, table: RowTable): Promise<Readonly<Counts>> {
  const { file, where, labels, signal } = request;
  const counts = { rows: 0, notUnit: 0, zero: 0 };
  for await (const block of file.blocks()) {
    signal?.throwIfAborted();
    scanBlock(block, { request, table, counts });
  }
  if (labels !== undefined && labels.length !== counts.rows) {
    throw wrongCount(where, `${counts.rows} rows for ${labels.length} ids`);
  }
  return counts;
}

type Scan = { readonly request: SourceRequest; readonly table: RowTable; readonly counts: Counts };

function scanBlock({ ids, values }: VectorBlock, { request, table, counts }: Scan): void {
  const { file, where, labels } = request;
  for (let start = 0; start < values.length; start += file.dim) {
    const row = counts.rows;
    const id = labels === undefined ? ids?.[start / file.dim] : labels[row];
    if (id === undefined) throw wrongCount(where, `more rows than the ${labels?.length ?? 0} ids`);
    const norm = requireNorm(rowNorm(values, start, start + file.dim), { id, row, request });
    if (norm === 0) counts.zero += 1;
    else if (!isUnit(norm)) counts.notUnit += 1;
    table.add(id, row);
    counts.rows += 1;
  }
}

function isUnit(norm: number): boolean {
  return Math.abs(norm - 1) <= NORM_TOLERANCE;
}

type RowPlace = { readonly id: string; readonly row: number; readonly request: SourceRequest };

function requireNorm(norm: number | undefined, { id, row, request: { where, normalize } }: RowPlace): number {
  const place = `for \`${id}\` in row ${row + 1}`;
  if (norm === undefined) {
    throw new HarnessError("SCORE_INVALID", `expected finite values, found others ${place}.`, { where });
  }
  if (normalize || norm === 0 || isUnit(norm)) return norm;
  const hint = "Set `normalize: true`.";
  throw new HarnessError("SCORE_INVALID", `expected norm 1, found ${norm} ${place}.`, { where, hint });
}

function requireRows(table: RowTable, where: string): void {
  const missing = table.missing();
  if (missing.length > 0) throw missingIds(where, missing);
  const documents = [...new Set(table.surplus)];
  if (documents.length === 0) return;
  throw new HarnessError("DATA_INVALID", `documents with more rows than scenarios: ${countedNames(documents)}.`, {
    where,
    hint: "Which row is of which scenario cannot be told; write one for each scenario, in their order.",
  });
}

type Comparison = { readonly read: ReadRows; readonly where: string; readonly dim: number };

async function requireEqual(again: readonly Again[], { read, where, dim }: Comparison): Promise<void> {
  const size = Math.max(1, Math.floor(COMPARED_BYTES / (2 * dim * Float64Array.BYTES_PER_ELEMENT)));
  for (let start = 0; start < again.length; start += size) {
    const pairs = again.slice(start, start + size);
    const values = await read(pairs.flatMap(({ first, row }) => [first, row]));
    for (const [index, { id, first, row }] of pairs.entries()) {
      const at = 2 * index * dim;
      if (values.subarray(at, at + dim).every((value, d) => value === values[at + dim + d])) continue;
      const found = `\`${id}\` has two different vectors, in rows ${first + 1} and ${row + 1}.`;
      throw new HarnessError("DUPLICATE_ID", found, { where });
    }
  }
}

function missingIds(where: string, ids: readonly string[]): HarnessError {
  return new HarnessError("DATA_INVALID", `expected a vector for every id, found none for ${countedNames(ids)}.`, {
    where,
    hint: "Add them, or name what holds the ids by `idField` or `ids`.",
  });
}

/** How many, and the first ones. */
function countedNames(ids: readonly string[]): string {
  const first = ids.slice(0, SHOWN).map((id) => `\`${id}\``);
  return `${ids.length} (${[...first, ...(ids.length > SHOWN ? ["..."] : [])].join(", ")})`;
}

function wrongCount(where: string, found: string): HarnessError {
  return new HarnessError("DATA_INVALID", `expected as many rows as ids, found ${found}.`, {
    where,
    hint: "A sample of the dataset (`limit`) needs ids, not `order`.",
  });
}
