import { open } from "node:fs/promises";
import type { SchemaElement } from "hyparquet-writer";
import { replaceFile } from "./atomic-write.ts";

/** `texts` is a list of texts. A cell may be null. */
export type ParquetColumn = { readonly name: string; readonly type: "text" | "texts" | "boolean" };

const ROWS_PER_GROUP = 2_000;

/**
 * Writes rows as a parquet file (SNAPPY), one row group at a time; it appears whole or not at all. The bytes depend on the
 * rows alone.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
 * Source: https://parquet.apache.org/docs/file-format/; lists in the three levels that the specification asks for.
 */
export async function writeParquet(
  path: string,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  await replaceFile(path, async (temporary) => {
    const handle = await open(temporary, "wx");
    try {
      const bytes = new ByteWriter();
      const flush = async () => {
        await handle.writeFile(bytes.getBytes());
        // the offset goes on counting: places in the file are told by it
        bytes.index = 0;
      };
      const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: "spikebench" });
      for await (const group of groups(rows)) {
        const columnData = columns.map(({ name }) => ({ name, data: group.map((row) => row[name] ?? null) }));
        await writer.write({ columnData, rowGroupSize: group.length });
        await flush();
      }
      await writer.finish();
      await flush();
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function* groups<Row>(rows: AsyncIterable<Row>): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < ROWS_PER_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  return [{ name: "root", num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf({ name, type }: ParquetColumn): readonly SchemaElement[] {
  if (type === "boolean") return [{ name, type: "BOOLEAN", repetition_type: "OPTIONAL" }];
  if (type === "text") return [textElement(name)];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    textElement("element"),
  ];
}

function textElement(name: string): SchemaElement {
  return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" };
}
