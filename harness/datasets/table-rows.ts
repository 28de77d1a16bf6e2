import { HarnessError } from "../errors.ts";
import { readDelimited } from "../storage/delimited.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { describeParquet, readParquetRows } from "../storage/parquet.ts";

/** A row by the names that the reader asked for, and where it stands. */
export type TableRow = { readonly fields: Readonly<Record<string, unknown>>; readonly where: string };

/** A column by the name the reader uses, with the names it may have in a file, in order of preference. */
type Column = { readonly names: readonly string[]; readonly isOptional?: boolean };

export type Columns = Readonly<Record<string, Column>>;

/**
 * Streams chosen columns of a table's files, one after the other: parquet, CSV or TSV with a header, or JSON Lines, told
 * by the name's ending (`.gz` included). A row has a field for every column that its file has.
 *
 * @throws {HarnessError} `DATA_INVALID` when a file lacks a column that is not optional; and as the readers of the files
 */
export async function* readTable(paths: readonly string[], columns: Columns): AsyncGenerator<readonly TableRow[]> {
  for (const path of paths) yield* readFile(path, columns);
}

async function* readFile(path: string, columns: Columns): AsyncGenerator<readonly TableRow[]> {
  const name = path.replace(/\.gz$/, "");
  if (name.endsWith(".parquet")) {
    const found = findColumns((await describeParquet(path)).columns, columns, path);
    const sources = [...new Set(found.map(({ source }) => source))];
    for await (const batch of readParquetRows(path, sources)) {
      yield batch.map(({ row, value }) => ({ fields: pick(value, found), where: `${path}: row ${row}` }));
    }
  } else if (name.endsWith(".csv") || name.endsWith(".tsv")) {
    let found: readonly FoundColumn[] | undefined;
    for await (const batch of readDelimited(path, name.endsWith(".csv") ? "," : "\t")) {
      yield batch.map(({ line, value }) => {
        found ??= findColumns(Object.keys(value), columns, path);
        return { fields: pick(value, found), where: `${path}:${line}` };
      });
    }
  } else {
    for await (const batch of readJsonLines(path)) {
      yield batch.map(({ line, value }) => {
        const where = `${path}:${line}`;
        // keys may differ from line to line, and an absent one is like null
        return { fields: pick(value, findColumns(Object.keys(value), columns, where)), where };
      });
    }
  }
}

type FoundColumn = { readonly name: string; readonly source: string };

function findColumns(present: readonly string[], columns: Columns, where: string): readonly FoundColumn[] {
  return Object.entries(columns).flatMap(([name, { names, isOptional = false }]) => {
    const source = names.find((candidate) => present.includes(candidate));
    if (source !== undefined) return [{ name, source }];
    if (isOptional) return [];
    const expected = names.map((candidate) => `\`${candidate}\``).join(" or ");
    const found = present.map((candidate) => `\`${candidate}\``).join(", ");
    throw new HarnessError("DATA_INVALID", `expected a column ${expected}, found ${found || "none"}.`, { where });
  });
}

function pick(value: Readonly<Record<string, unknown>>, found: readonly FoundColumn[]): TableRow["fields"] {
  return Object.fromEntries(found.map(({ name, source }) => [name, value[source]]));
}
