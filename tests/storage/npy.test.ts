import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openNpyMatrix, readNpyTexts } from "../../harness/storage/npy.ts";
import { parseNpyHeader } from "../../harness/storage/npy-header.ts";
import { describeWithData } from "../real-data.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { npyFile, npyHeader } from "./npy-file.ts";

const golden = resolve(import.meta.dirname, "../golden/numpy");
const temporary = temporaryFolder();

/** As `write-fixtures.py` has them. */
const ROWS = [
  [1, -2, 0.5, 4],
  [0, 0.25, -0.125, 8],
  [3, 2 ** -14, 2 ** -24, 65504],
];
const IDS = ["a", "é 2", "東京😀"];

describe("openNpyMatrix", () => {
  it.each(["float16", "float32", "float64", "big-endian", "version-1", "version-2", "version-3"])(
    "reads numpy's %s, rows in any order",
    async (name) => {
      const matrix = await openNpyMatrix(join(golden, `${name}.npy`));
      expect(matrix).toMatchObject({ count: 3, dim: 4 });
      expect([...(await matrix.read([0, 1, 2]))]).toEqual(ROWS.flat());
      expect([...(await matrix.read([2, 0, 1, 1]))]).toEqual([2, 0, 1, 1].flatMap((row) => ROWS[row]));
      expect(await matrix.read([])).toHaveLength(0);
    },
  );

  it("opens a matrix without rows", async () => {
    expect(await openNpyMatrix(join(golden, "empty.npy"))).toMatchObject({ count: 0, dim: 4 });
  });

  it.each(["objects", "structured", "integers", "three-axes", "fortran", "ids", "pickle"])(
    "refuses numpy's %s",
    async (name) => {
      const where = join(golden, `${name}.npy`);
      await expect(openNpyMatrix(where)).rejects.toMatchObject({ code: "DATA_INVALID", where });
    },
  );

  it("refuses archives, and says what to do about object arrays", async () => {
    await expect(openNpyMatrix(join(golden, "archive.npz"))).rejects.toMatchObject({ code: "DATA_INVALID" });
    const pickled = await temporary.write("pickled.npy", npyFile("|O", [1, 2], Buffer.alloc(16)));
    await expect(openNpyMatrix(pickled)).rejects.toMatchObject({ code: "DATA_INVALID", hint: expect.any(String) });
  });

  it("keeps NaN and infinity as they are, for whoever judges them", async () => {
    const bytes = Buffer.from(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0).buffer);
    const matrix = await openNpyMatrix(await temporary.write("odd.npy", npyFile("<f4", [1, 3], bytes)));
    expect([...(await matrix.read([0]))]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, -0]);
  });

  it("gives back any float64 bit by bit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double(), { minLength: 1, maxLength: 12 }), async (values) => {
        const bytes = Buffer.from(Float64Array.from(values).buffer);
        const path = await temporary.write("any.npy", npyFile("<f8", [values.length, 1], bytes));
        const matrix = await openNpyMatrix(path);
        expect([...(await matrix.read([...values.keys()]))]).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 5, 9, 40, 127, 175])("refuses a file of its first %d bytes", async (length) => {
    const bytes = await readFile(join(golden, "float32.npy"));
    const where = await temporary.write("cut.npy", bytes.subarray(0, length));
    await expect(openNpyMatrix(where)).rejects.toMatchObject({ code: "DATA_INVALID", where });
  });

  it("refuses a file with more behind its values, and one that is not there", async () => {
    const bytes = await readFile(join(golden, "float32.npy"));
    const longer = await temporary.write("longer.npy", Buffer.concat([bytes, Buffer.alloc(1)]));
    await expect(openNpyMatrix(longer)).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(openNpyMatrix(temporary.path("none.npy"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("refuses to read on in a file that was cut after it was opened", async () => {
    const bytes = await readFile(join(golden, "float32.npy"));
    const matrix = await openNpyMatrix(await temporary.write("shrinking.npy", bytes));
    await temporary.write("shrinking.npy", bytes.subarray(0, bytes.length - 1));
    expect([...(await matrix.read([0]))]).toEqual(ROWS[0]);
    await expect(matrix.read([1, 2])).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});

describe("readNpyTexts", () => {
  it.each([
    { name: "ids", expected: IDS },
    { name: "ids-big-endian", expected: IDS },
    { name: "ids-bytes", expected: IDS },
    { name: "ids-int64", expected: ["0", "-7", String(2n ** 62n)] },
    { name: "ids-uint8", expected: ["0", "7", "255"] },
    { name: "ids-big-int16", expected: ["0", "-7", "258"] },
  ])("reads numpy's $name", async ({ name, expected }) => {
    expect(await readNpyTexts(join(golden, `${name}.npy`))).toEqual(expected);
  });

  it("reads more texts than one piece holds", async () => {
    const bytes = Buffer.from(BigInt64Array.from({ length: 10_000 }, (_, row) => BigInt(row)).buffer);
    const path = await temporary.write("many.npy", npyFile("<i8", [10_000], bytes));
    expect(await readNpyTexts(path)).toEqual(Array.from({ length: 10_000 }, (_, row) => String(row)));
  });

  it.each(["objects", "float32", "structured"])("refuses numpy's %s", async (name) => {
    await expect(readNpyTexts(join(golden, `${name}.npy`))).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it.each([
    { why: "no code points", dtype: "<U1", bytes: Buffer.from([0, 0, 0x11, 0]) },
    { why: "not UTF-8", dtype: "|S2", bytes: Buffer.from([0xc3, 0x28]) },
  ])("refuses texts whose bytes are $why", async ({ dtype, bytes }) => {
    const path = await temporary.write("bad.npy", npyFile(dtype, [1], bytes));
    await expect(readNpyTexts(path)).rejects.toMatchObject({ code: "DATA_INVALID", where: `${path}: row 1` });
  });
});

describe("parseNpyHeader", () => {
  it.each([
    { text: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", shape: [2, 3] },
    { text: "{'shape': (2L, 3L), 'fortran_order': False, 'descr': '<f4'}", shape: [2, 3] },
    { text: "{'descr':'<f4','fortran_order':False,'shape':(7,)}   \n", shape: [7] },
    { text: "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", shape: [] },
  ])("reads $text", ({ text, shape }) => {
    const bytes = npyHeader(text);
    const expected = { dtype: "<f4", isFortran: false, shape, start: bytes.length };
    expect(parseNpyHeader(bytes, "f")).toEqual(expected);
  });

  it.each([
    { why: "no dict", text: "hello" },
    { why: "an entry missing", text: "{'descr': '<f4', 'shape': (1,), }" },
    { why: "an entry more", text: "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}" },
    { why: "an entry twice", text: "{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}" },
    { why: "a call", text: "{'descr': '<f4', 'fortran_order': False, 'shape': (exit(),)}" },
    { why: "a negative length", text: "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)}" },
    { why: "a broken length", text: "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5, 2)}" },
    { why: "a length between nothing", text: "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,2)}" },
    { why: "a truth that is none", text: "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 2)}" },
    {
      why: "more values than there can be",
      text: `{'descr': '<f4', 'fortran_order': False, 'shape': (${2 ** 40}, ${2 ** 40})}`,
    },
  ])("refuses a header with $why", ({ text }) => {
    expect(() => parseNpyHeader(npyHeader(text), "f")).toThrow(
      expect.objectContaining({ code: "DATA_INVALID", where: "f" }),
    );
  });

  it.each([
    { why: "another magic", bytes: Buffer.from("\x93NUMPX\x01\x00\x02\x00{}", "latin1") },
    { why: "format 4", bytes: Buffer.from("\x93NUMPY\x04\x00\x02\x00{}", "latin1") },
    { why: "format 0", bytes: Buffer.from("\x93NUMPY\x00\x00\x02\x00{}", "latin1") },
    { why: "a header longer than the file", bytes: Buffer.from("\x93NUMPY\x01\x00\xff\x00{}", "latin1") },
    { why: "a header of 4 GB", bytes: Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", "latin1") },
    { why: "no length", bytes: Buffer.from("\x93NUMPY\x01\x00", "latin1") },
  ])("refuses a file with $why", ({ bytes }) => {
    expect(() => parseNpyHeader(bytes, "f")).toThrow(expect.objectContaining({ code: "DATA_INVALID" }));
  });

  it("never throws anything but a mistake in the data, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), tail]);
        expect(() => parseNpyHeader(bytes, "f")).toThrow(expect.objectContaining({ code: "DATA_INVALID" }));
      }),
    );
  });
});

describeWithData("MiniLM's vectors of Cranfield", "classic/cranfield/minilm-doc-embeddings.npy", (path) => {
  it("are 1,400 unit vectors of 384 dimensions", async () => {
    const { count, dim, read } = await openNpyMatrix(path);
    expect({ count, dim }).toEqual({ count: 1400, dim: 384 });
    const values = await read([...Array(count).keys()]);
    for (let row = 0; row < count; row++) {
      const norm = Math.hypot(...values.subarray(row * dim, (row + 1) * dim));
      expect(Math.abs(norm - 1), `row ${row}`).toBeLessThan(2e-7);
    }
  });
});
