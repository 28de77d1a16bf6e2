import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { type ParquetColumn, writeParquet } from "../../harness/storage/parquet-writer.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const COLUMNS: readonly ParquetColumn[] = [
  { name: "name", type: "text" },
  { name: "list", type: "texts" },
  { name: "flag", type: "boolean" },
  { name: "talk", type: "messages" },
];

type Row = Readonly<Record<string, unknown>>;

async function* stream(rows: readonly Row[]): AsyncGenerator<Row> {
  for await (const row of rows) yield row;
}

async function readBack(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const batch of readParquetRows(
    path,
    COLUMNS.map(({ name }) => name),
  )) {
    rows.push(...batch.map(({ value }) => value));
  }
  return rows;
}

describe("writeParquet", () => {
  it("writes what is read back: any text, lists that are empty or absent, cells without a value", async () => {
    const text = fc.string({ unit: "grapheme" });
    const row = fc.record({
      name: fc.option(text),
      list: fc.option(fc.array(text, { maxLength: 4 })),
      flag: fc.option(fc.boolean()),
      talk: fc.option(fc.array(fc.record({ role: text, content: text }), { maxLength: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        await writeParquet(folder.path("any.parquet"), COLUMNS, stream(rows));
        expect(await readBack(folder.path("any.parquet"))).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it("writes row groups one after the other, and columns without any value or row", async () => {
    const rows = Array.from({ length: 4_500 }, (_, index) => ({
      name: `row ${index}`,
      list: [`${index}`],
      flag: null,
      talk: null,
    }));
    await writeParquet(folder.path("many.parquet"), COLUMNS, stream(rows));
    expect(await readBack(folder.path("many.parquet"))).toEqual(rows);
    await writeParquet(folder.path("none.parquet"), COLUMNS, stream([]));
    expect(await readBack(folder.path("none.parquet"))).toEqual([]);
  });

  it("writes numbers of every kind of column as they are, and bounds of the bounded ones alone", async () => {
    const kinds = [{}, { varied: true }, { bounded: false }, { varied: true, bounded: false }];
    const columns = kinds.map((kind, at) => ({ name: `c${at}`, type: "double" as const, ...kind }));
    const values = [0.1, null, -1e300, 0.1];
    const path = folder.path("kinds.parquet");
    const rows = values.map((value) => Object.fromEntries(columns.map(({ name }) => [name, value])));
    await writeParquet(path, columns, stream(rows));
    const found: unknown[] = [];
    for await (const batch of readParquetRows(path, ["c0", "c1", "c2", "c3"])) {
      found.push(...batch.map(({ value }) => value));
    }
    expect(found).toEqual(rows);
    const { parquetMetadata } = await import("hyparquet");
    const bytes = await readFile(path);
    const { row_groups: groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    const least = groups[0]?.columns.map(({ meta_data: column }) => column?.statistics?.min_value);
    expect(least).toEqual([-1e300, -1e300, undefined, undefined]);
  });

  it("gives equal bytes for equal rows, and no file when the rows end in an error", async () => {
    const rows = [{ name: "a", list: ["b", "c"], flag: true }];
    await writeParquet(folder.path("one.parquet"), COLUMNS, stream(rows));
    await writeParquet(folder.path("two.parquet"), COLUMNS, stream(rows));
    expect(await readFile(folder.path("one.parquet"))).toEqual(await readFile(folder.path("two.parquet")));
    async function* broken(): AsyncGenerator<Row> {
      yield* stream(rows);
      throw new Error("no more rows");
    }
    await expect(writeParquet(folder.path("half.parquet"), COLUMNS, broken())).rejects.toThrow("no more rows");
    expect((await readdir(folder.path("."))).filter((name) => name.startsWith("half"))).toEqual([]);
  });
});
