import { HarnessError } from "../errors.ts";
import type { VectorBlock, VectorFields, VectorFile } from "./vector-file.ts";

/** A row by the names of its columns, and where it stands. */
export type TableRow = { readonly value: Readonly<Record<string, unknown>>; readonly where: string };

/** A pass over a table's rows. */
type Pass = () => AsyncIterable<readonly TableRow[]>;

/**
 * The vectors of a table: a row is an id (a text, or a whole number for its digits) and a list of numbers. Its dimension
 * is that of the first row.
 *
 * @throws {HarnessError} `DATA_INVALID` for a table without rows; while it is read also for an id or a vector that is none,
 *   and `DIMENSION_MISMATCH`
 */
export async function tableVectors(path: string, fields: VectorFields, pass: Pass): Promise<VectorFile> {
  const dim = await firstDimension(path, fields, pass);
  return {
    dim,
    async *blocks() {
      for await (const rows of pass()) {
        if (rows.length > 0) yield blockOf(rows, fields, dim);
      }
    },
  };
}

async function firstDimension(path: string, { vectorField }: VectorFields, pass: Pass): Promise<number> {
  for await (const [row] of pass()) if (row !== undefined) return listOf(row, vectorField).length;
  throw new HarnessError("DATA_INVALID", "expected vectors, found no rows.", { where: path });
}

function blockOf(rows: readonly TableRow[], { idField, vectorField }: VectorFields, dim: number): VectorBlock {
  const values = new Float64Array(rows.length * dim);
  for (const [index, row] of rows.entries()) {
    const list = listOf(row, vectorField);
    if (list.length !== dim) {
      throw new HarnessError(
        "DIMENSION_MISMATCH",
        `expected ${dim} values as in the first row, found ${list.length}.`,
        {
          where: row.where,
        },
      );
    }
    for (let at = 0; at < dim; at++) {
      const value = list[at];
      if (typeof value !== "number") throw wrongCell(row, vectorField, "numbers", value);
      values[index * dim + at] = value;
    }
  }
  return { ids: idField === undefined ? undefined : rows.map((row) => idOf(row, idField)), values };
}

function listOf(row: TableRow, field: string): ArrayLike<unknown> {
  const value = row.value[field];
  const isList = Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
  if (!isList || value.length === 0) throw wrongCell(row, field, "a list of numbers", value);
  return value;
}

function idOf(row: TableRow, field: string): string {
  const value = row.value[field];
  if (typeof value === "string" && value !== "") return value;
  if (Number.isSafeInteger(value)) return String(value);
  throw wrongCell(row, field, "an id", value);
}

function wrongCell({ value: cells, where }: TableRow, field: string, expected: string, found: unknown): HarnessError {
  const message = `expected ${expected} in \`${field}\`, found ${kindOf(found)}.`;
  const others = Object.keys(cells).filter((name) => name !== field);
  const hint = found === undefined ? `The row has ${others.map((name) => `\`${name}\``).join(", ")}.` : undefined;
  return new HarnessError("DATA_INVALID", message, { where, hint });
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "something else";
  return JSON.stringify(value);
}
