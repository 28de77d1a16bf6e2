import type { SchemaElement } from "hyparquet-writer";
import { type FileWriter, openFile } from "./atomic-write.ts";

/**
 * `texts` is a list of texts, `messages` one of {role, content}. A cell may be null. `varied` says that values seldom repeat,
 * so that nobody looks for a dictionary of them and fractions are not compressed; `bounded: false` that every group of rows
 * holds values from everywhere, so that no least and greatest one is kept for readers to pass over groups by.
 */
export type ParquetColumn = {
  readonly name: string;
  readonly type: "text" | "texts" | "messages" | "boolean" | "int32" | "float" | "double";
  readonly varied?: boolean;
  readonly bounded?: boolean;
};

/** Values of one row group by the name of their column, all of one length. */
type ParquetGroup = Readonly<Record<string, readonly unknown[]>>;

/** A parquet file that is being written; it appears under its name only with `commit`. */
export type ParquetWriter = Omit<FileWriter, "write"> & { write(group: ParquetGroup): Promise<void> };

const ROWS_PER_GROUP = 2_000;

/**
 * Opens a parquet file (SNAPPY) for writing, one row group at a time. The bytes depend on the groups alone.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`, of this and of every call of the writer
 * Source: https://parquet.apache.org/docs/file-format/; lists in the three levels that the specification asks for.
 */
export async function openParquetWriter(path: string, columns: readonly ParquetColumn[]): Promise<ParquetWriter> {
  const { ByteWriter, ParquetWriter: Encoder } = await import("hyparquet-writer");
  const file = await openFile(path);
  const bytes = new ByteWriter();
  const encoder = new Encoder({ writer: bytes, schema: schemaOf(columns), createdBy: "spikebench" });
  async function flush(): Promise<void> {
    await file.write(bytes.getBytes());
    // the offset goes on counting: places in the file are told by it
    bytes.index = 0;
  }
  return {
    abort: file.abort,
    async write(group) {
      const columnData = columns.map(({ name, type, varied = false, bounded = true }) => ({
        ...{ name, data: [...(group[name] ?? [])], statistics: bounded },
        ...(varied && { encoding: "PLAIN" as const }),
        ...(varied && (type === "float" || type === "double") && { codec: "UNCOMPRESSED" as const }),
      }));
      await encoder.write({ columnData, rowGroupSize: columnData[0]?.data.length ?? 0 });
      await flush();
    },
    async commit() {
      await encoder.finish();
      await flush();
      await file.commit();
    },
  };
}

/**
 * Writes rows as a parquet file; it appears whole or not at all.
 *
 * @throws {HarnessError} as `openParquetWriter`
 */
export async function writeParquet(
  path: string,
  columns: readonly ParquetColumn[],
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const writer = await openParquetWriter(path, columns);
  try {
    for await (const group of groups(rows)) {
      await writer.write(Object.fromEntries(columns.map(({ name }) => [name, group.map((row) => row[name] ?? null)])));
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
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

const PHYSICAL = { boolean: "BOOLEAN", int32: "INT32", float: "FLOAT", double: "DOUBLE" } as const;

function elementsOf({ name, type }: ParquetColumn): readonly SchemaElement[] {
  if (type === "text") return [textElement(name)];
  if (type !== "texts" && type !== "messages") return [{ name, type: PHYSICAL[type], repetition_type: "OPTIONAL" }];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...(type === "texts" ? [textElement("element")] : messageElements()),
  ];
}

function messageElements(): readonly SchemaElement[] {
  return [
    { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
    textElement("role"),
    textElement("content"),
  ];
}

function textElement(name: string): SchemaElement {
  return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" };
}
