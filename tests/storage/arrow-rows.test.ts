import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  Field,
  FixedSizeList,
  Float16,
  Float32,
  Int64,
  List,
  Table,
  tableFromArrays,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { type ArrowRow, readArrowRows } from "../../harness/storage/arrow-rows.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/polars");
const temporary = temporaryFolder();

/** As `write-fixtures.cjs` has them. */
const IDS = ["a", "é 2", "東京😀"];
const VECTORS = [
  [1, -2, 0.5, 4],
  [0, 0.25, -0.125, 8],
  [3, 2 ** -14, 2 ** -24, 65504],
];

async function readAll(path: string, columns: readonly string[] = ["id", "vector"]): Promise<ArrowRow[]> {
  const rows: ArrowRow[] = [];
  for await (const batch of readArrowRows(path, columns)) rows.push(...batch);
  return rows;
}

function lists(rows: readonly ArrowRow[]): unknown[] {
  return rows.map(({ value }) => Object.values(value["vector"] ?? {}));
}

describe("readArrowRows", () => {
  it.each(["float32", "float64", "fixed", "stream"])("reads Polars' %s", async (name) => {
    const rows = await readAll(join(golden, `${name}.arrow`));
    expect(rows.map(({ row }) => row)).toEqual([1, 2, 3]);
    expect(rows.map(({ value }) => value["id"])).toEqual(IDS);
    expect(lists(rows)).toEqual(VECTORS);
  });

  it.each(["zstd", "lz4"])("refuses buffers compressed by %s, and says what to do", async (codec) => {
    const where = join(golden, `${codec}.arrow`);
    const error = { code: "DATA_INVALID", where, hint: expect.stringContaining("compression") };
    await expect(readAll(where)).rejects.toMatchObject(error);
  });

  it.each(["file", "stream"] as const)("counts rows through all batches of a %s", async (kind) => {
    const table = new Table({
      id: vectorFromArray([...IDS, "d"]),
      vector: vectorFromArray([...VECTORS, [1, 2, 3, 4]], new List(new Field("item", new Float32()))),
    });
    const batches = [table.slice(0, 1), table.slice(1, 4)].flatMap((part) => part.batches);
    const path = await temporary.write(`batches-${kind}.arrow`, tableToIPC(new Table(batches), kind));
    const rows = await readAll(path);
    expect(rows.map(({ row, value }) => [row, value["id"]])).toEqual([...IDS, "d"].map((id, index) => [index + 1, id]));
    expect(lists(rows)).toEqual([...VECTORS, [1, 2, 3, 4]]);
  });

  it("reads float16, and 64-bit ids that a double cannot hold as their digits", async () => {
    const table = new Table({
      id: vectorFromArray([1n, 2n ** 60n, -3n], new Int64()),
      vector: vectorFromArray(VECTORS, new FixedSizeList(4, new Field("item", new Float16()))),
    });
    const rows = await readAll(await temporary.write("half.arrow", tableToIPC(table, "file")));
    expect(rows.map(({ value }) => value["id"])).toEqual([1, String(2n ** 60n), -3]);
    expect(lists(rows)).toEqual(VECTORS);
  });

  it("gives null where there is no list, and where a list has a gap", async () => {
    const type = new List(new Field("item", new Float32(), true));
    const table = new Table({ vector: vectorFromArray([[1, null], null, [2]], type) });
    const rows = await readAll(await temporary.write("gaps.arrow", tableToIPC(table, "file")), ["vector"]);
    expect(rows[0]?.value).toEqual({ vector: [1, null] });
    expect(rows[1]?.value).toEqual({ vector: null });
    expect(lists(rows.slice(2))).toEqual([[2]]);
  });

  it("reads dictionary-encoded ids", async () => {
    const table = tableFromArrays({ id: ["x", "y", "x"] });
    expect(`${table.schema.fields[0]?.type}`).toContain("Dictionary");
    const rows = await readAll(await temporary.write("dictionary.arrow", tableToIPC(table, "stream")), ["id"]);
    expect(rows.map(({ value }) => value["id"])).toEqual(["x", "y", "x"]);
  });

  it("says which column is missing and which there are", async () => {
    const error = await readAll(join(golden, "fixed.arrow"), ["docid"]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("`docid`") });
    expect(error).toMatchObject({ message: expect.stringContaining("`id`, `vector`") });
  });

  it("may be left early", async () => {
    for await (const [first] of readArrowRows(join(golden, "fixed.arrow"), ["id"])) {
      expect(first?.value).toEqual({ id: "a" });
      break;
    }
  });

  it("refuses what is no Arrow, and what is not there", async () => {
    const foreign = await temporary.write("foreign.arrow", "not an Arrow file, though of some length");
    await expect(readAll(foreign)).rejects.toMatchObject({ code: "DATA_INVALID", where: foreign });
    const empty = await temporary.write("empty.arrow", "");
    await expect(readAll(empty)).rejects.toMatchObject({ code: "DATA_INVALID", where: empty });
    await expect(readAll(temporary.path("none.arrow"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it.each(["float32", "fixed", "stream"])("never gives wrong rows of Polars' %s when it is cut", async (name) => {
    const bytes = await readFile(join(golden, `${name}.arrow`));
    for (let length = 0; length < bytes.length; length += 16) {
      const path = await temporary.write("cut.arrow", bytes.subarray(0, length));
      const rows = await readAll(path).catch((error: unknown) => error);
      // a stream may end after any batch; then its rows are the whole ones
      if (Array.isArray(rows)) expect([[], VECTORS], `${length} bytes`).toContainEqual(lists(rows));
      else expect(rows, `${length} bytes`).toMatchObject({ code: "DATA_INVALID", where: path });
    }
  });

  // what frames the bodies is the library's to read, which does not check it
  it("reads or refuses a file with any byte changed in the body of a batch", async () => {
    const bytes = await readFile(join(golden, "float64.arrow"));
    const batch = 8 + 8 + bytes.readInt32LE(12);
    const body = batch + 8 + bytes.readInt32LE(batch + 4);
    const footer = bytes.length - 10 - bytes.readInt32LE(bytes.length - 10);
    expect(footer - body).toBeGreaterThan(3 * 4 * 8);
    for (let at = body; at < footer; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const path = await temporary.write("changed.arrow", changed);
      const rows = await readAll(path).catch((error: unknown) => error);
      if (Array.isArray(rows)) expect(rows, `byte ${at}`).toHaveLength(3);
      else expect(rows, `byte ${at}`).toMatchObject({ code: "DATA_INVALID", where: path });
    }
  });
});
