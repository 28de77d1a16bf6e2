import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { describeParquet, type ParquetRow, readParquetRows } from "../../harness/storage/parquet.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/duckdb");
const KINDS = join(golden, "kinds-v2-zstd.parquet");
const DOCUMENTS = join(golden, "bright/documents/toy-00000-of-00001.parquet");
const temporary = temporaryFolder();

async function readAll(path: string, columns: readonly string[]): Promise<{ rows: ParquetRow[]; largest: number }> {
  const rows: ParquetRow[] = [];
  let largest = 0;
  for await (const batch of readParquetRows(path, columns)) {
    rows.push(...batch);
    largest = Math.max(largest, batch.length);
  }
  return { rows, largest };
}

describe("describeParquet", () => {
  it("has the rows and the columns in their order, nested ones once", async () => {
    const columns = [
      "int64",
      "int32",
      "beyond_double",
      "double",
      "flag",
      "list_of_text",
      "repeated",
      "struct",
      "nullable",
    ];
    expect(await describeParquet(KINDS)).toEqual({ rows: 4500, columns });
  });
});

describe("readParquetRows", () => {
  it("reads every kind of column over several row groups", async () => {
    const { columns } = await describeParquet(KINDS);
    const { rows } = await readAll(KINDS, columns);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 4500 }, (_, index) => index + 1));
    for (const i of [0, 1, 5, 2047, 2048, 4096, 4499]) {
      expect(rows[i]?.value).toEqual({
        int64: i,
        int32: i % 7,
        beyond_double: String(9_007_199_254_740_993n + BigInt(i)),
        double: i / 4,
        flag: i % 3 === 0,
        list_of_text: i % 5 === 0 ? null : [`a${i}`, null, "𝒳"],
        repeated: ["one", "two", "three"][i % 3],
        struct: { name: `n${i}`, size: i },
        nullable: i % 2 === 0 ? `text ${i}` : null,
      });
    }
  });

  it("comes in bounded batches and only with the columns asked for", async () => {
    const { rows, largest } = await readAll(DOCUMENTS, ["content"]);
    expect(rows.length).toBe(5000);
    expect(largest).toBeLessThanOrEqual(512);
    expect(rows[4999]?.value).toEqual({ content: "Text 4999 on 𝒳 and ünïts again again again" });
    expect(rows[3]?.value).toEqual({ content: "" });
  });

  it.each(["brotli", "lz4"])("reads %s", async (codec) => {
    const { rows } = await readAll(join(golden, `${codec}.parquet`), ["text", "id"]);
    expect(rows.map(({ value }) => value)).toEqual(Array.from({ length: 5 }, (_, id) => ({ text: `text ${id}`, id })));
  });

  it("may be left early", async () => {
    for await (const batch of readParquetRows(DOCUMENTS, ["id"])) {
      expect(batch[0]?.value).toEqual({ id: "doc/0.txt" });
      break;
    }
  });

  it("says which column is missing and which there are", async () => {
    const error = await readAll(DOCUMENTS, ["id", "contents"]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "DATA_INVALID",
      where: DOCUMENTS,
      message: expect.stringContaining("`contents`"),
    });
    expect(error).toMatchObject({ message: expect.stringContaining("`id`, `content`") });
  });

  it("refuses what is no parquet file, and what is not there", async () => {
    const foreign = await temporary.write("foreign.parquet", '{"_id": "a", "text": "JSON, not parquet"}\n');
    await expect(readAll(foreign, ["id"])).rejects.toMatchObject({ code: "DATA_INVALID", where: foreign });
    const empty = await temporary.write("empty.parquet", "");
    await expect(describeParquet(empty)).rejects.toMatchObject({ code: "DATA_INVALID", where: empty });
    await expect(describeParquet(temporary.path("none.parquet"))).rejects.toMatchObject({ code: "FILE_MISSING" });
    await expect(describeParquet(golden)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it.each([0.1, 0.5, 0.9, 0.999])("refuses a file cut after %d of it", async (part) => {
    const bytes = await readFile(DOCUMENTS);
    const path = await temporary.write("cut.parquet", bytes.subarray(0, Math.floor(bytes.length * part)));
    await expect(readAll(path, ["id", "content"])).rejects.toMatchObject({ code: "DATA_INVALID", where: path });
  });

  it("refuses a file with a hole in its pages, and gives no rows of that slice", async () => {
    const bytes = await readFile(DOCUMENTS);
    bytes.fill(0, 200, 5000);
    const path = await temporary.write("hole.parquet", bytes);
    await expect(readAll(path, ["id", "content"])).rejects.toMatchObject({ code: "DATA_INVALID", where: path });
  });
});

describeWithData("parquet of the hub", "vectors", (vectors) => {
  it("gives list<float> and list<double> as lists of numbers", async () => {
    const float = await readAll(join(vectors, "bge-base-10rows-float.parquet"), ["docid", "vector"]);
    const double = await readAll(join(vectors, "bge-base-10rows-double.parquet"), ["docid", "vector"]);
    expect(float.rows.length).toBe(10);
    expect(double.rows.map(({ value }) => value["docid"])).toEqual(float.rows.map(({ value }) => value["docid"]));
    const [vector] = double.rows.map(({ value }) => value["vector"]);
    expect(vector).toHaveLength(768);
    const [same] = float.rows.map(({ value }) => value["vector"]);
    expect(Float32Array.from(Array.isArray(vector) ? vector : [])).toEqual(
      Float32Array.from(Array.isArray(same) ? same : []),
    );
  });
});

describeWithData("SPIKE's training rows", "spike/document_valid_df.parquet", (path) => {
  it("come as texts, dictionary-encoded or not", async () => {
    expect((await describeParquet(path)).rows).toBe(84);
    const { rows } = await readAll(path, ["doc_id", "content", "scenario_list", "benchmark"]);
    expect(rows.every(({ value }) => Object.values(value).every((cell) => typeof cell === "string"))).toBe(true);
    const benchmarks = rows.map(({ value }) => String(value["benchmark"]).toUpperCase());
    expect(benchmarks.filter((name) => name === "BRIGHT").length).toBe(14);
    expect(benchmarks.filter((name) => name === "BEIR").length).toBe(70);
  });
});
