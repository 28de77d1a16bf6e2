import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { StoredVectors } from "../../harness/domain/embeddings.ts";
import { type FaissContent, readFaissVectors, writeFaissVectors } from "../../harness/storage/faiss-file.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/faiss");
const ROWS = [0, 1, 2, 3, 4];
/** What write-fixtures.py puts in. */
const VALUES = ROWS.flatMap((row) => [0, 1, 2].map((column) => row + column / 8));
const IDS = ROWS.map((row) => BigInt(7 * row + 2 ** 40));
const folder = temporaryFolder();

/** All values, read as the description says where they lie. */
async function valuesOf({ count, dim, files, runs }: StoredVectors): Promise<number[]> {
  const values: number[] = [];
  for (const [run, offset] of runs.offsets.entries()) {
    const bytes = await readFile(files[runs.files[run] ?? -1] ?? "");
    const rows = (runs.firstRows[run + 1] ?? count) - (runs.firstRows[run] ?? 0);
    for (let value = 0; value < rows * dim; value++) values.push(bytes.readFloatLE(offset + 4 * value));
  }
  return values;
}

function dataInvalid() {
  return expect.objectContaining({ code: "DATA_INVALID" });
}

describe("readFaissVectors", () => {
  it.each([
    { file: "flat-ip", metric: "inner-product", ids: undefined },
    { file: "flat-l2", metric: "l2", ids: undefined },
    { file: "idmap-flat-ip", metric: "inner-product", ids: IDS },
    { file: "idmap2-flat-ip", metric: "inner-product", ids: IDS },
    { file: "hnsw", metric: "inner-product", ids: undefined },
    { file: "idmap-hnsw", metric: "inner-product", ids: IDS },
  ])("finds vectors and ids of FAISS's own $file", async ({ file, metric, ids }) => {
    const found = await readFaissVectors(resolve(golden, `${file}.faiss`));
    expect(found.vectors).toMatchObject({ count: 5, dim: 3, precision: "float32" });
    expect(await valuesOf(found.vectors)).toEqual(VALUES);
    expect(found.ids && [...found.ids]).toEqual(ids);
    expect(found.metric).toBe(metric);
  });

  it("finds no runs in an index without vectors", async () => {
    const { vectors, ids } = await readFaissVectors(resolve(golden, "empty.faiss"));
    expect(vectors).toMatchObject({ count: 0, dim: 3 });
    expect([...vectors.runs.offsets]).toEqual([]);
    expect(ids).toBeUndefined();
  });

  it.each(["ivf", "sq8", "hnsw-sq8", "flat-l1", "flat-lp"])("refuses %s, which has no such vectors", async (file) => {
    await expect(readFaissVectors(resolve(golden, `${file}.faiss`))).rejects.toThrow(dataInvalid());
  });

  it.each(["flat-ip", "idmap-flat-ip", "idmap-hnsw"])("refuses %s cut off at any byte", async (file) => {
    const whole = await readFile(resolve(golden, `${file}.faiss`));
    // the links of the graph are alike: every cut in the first and last bytes, every 13th in between
    const cuts = [...whole.keys()].filter((cut) => cut < 300 || cut > whole.length - 150 || cut % 13 === 0);
    for (const cut of cuts) {
      const path = await folder.write("cut.faiss", whole.subarray(0, cut));
      await expect(readFaissVectors(path), `cut at ${cut}`).rejects.toThrow(dataInvalid());
    }
  });

  it.each<{ name: string; file: string; change: (bytes: Buffer) => unknown }>([
    { name: "a dimension of 0", file: "flat-ip", change: (bytes) => bytes.writeInt32LE(0, 4) },
    { name: "a negative dimension", file: "flat-ip", change: (bytes) => bytes.writeInt32LE(-3, 4) },
    { name: "a negative count", file: "flat-ip", change: (bytes) => bytes.writeBigInt64LE(-5n, 8) },
    { name: "a count of 2^62", file: "flat-ip", change: (bytes) => bytes.writeBigInt64LE(2n ** 62n, 8) },
    { name: "a count beyond its values", file: "flat-ip", change: (bytes) => bytes.writeBigInt64LE(6n, 8) },
    { name: "fewer values than vectors", file: "flat-ip", change: (bytes) => bytes.writeBigUInt64LE(12n, 37) },
    { name: "2^64 - 1 values", file: "flat-ip", change: (bytes) => bytes.writeBigUInt64LE(2n ** 64n - 1n, 37) },
    { name: "an id map of another count", file: "idmap-flat-ip", change: (bytes) => bytes.writeBigInt64LE(4n, 8) },
    { name: "an id map of another dimension", file: "idmap-flat-ip", change: (bytes) => bytes.writeInt32LE(4, 4) },
    { name: "fewer ids than vectors", file: "idmap-flat-ip", change: (bytes) => bytes.writeBigUInt64LE(4n, 142) },
    { name: "an id map in an id map", file: "idmap-flat-ip", change: (bytes) => bytes.write("IxMp", 37) },
    { name: "an HNSW index without storage", file: "hnsw", change: (bytes) => bytes.write("null", 1521) },
    { name: "a graph of 2^60 links", file: "hnsw", change: (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 37) },
    { name: "metric 2 in an inner product index", file: "flat-ip", change: (bytes) => bytes.writeInt32LE(2, 33) },
    { name: "a pickle", file: "flat-ip", change: (bytes) => bytes.write("80049570", 0, "hex") },
    { name: "a Parquet file", file: "flat-ip", change: (bytes) => bytes.write("PAR1") },
  ])("refuses $name", async ({ file, change }) => {
    const bytes = await readFile(resolve(golden, `${file}.faiss`));
    change(bytes);
    const path = await folder.write("changed.faiss", bytes);
    await expect(readFaissVectors(path)).rejects.toThrow(dataInvalid());
  });

  it("refuses bytes after the end", async () => {
    const bytes = await readFile(resolve(golden, "flat-ip.faiss"));
    const path = await folder.write("longer.faiss", Buffer.concat([bytes, Buffer.alloc(1)]));
    await expect(readFaissVectors(path)).rejects.toThrow(dataInvalid());
  });

  it("names a file that is not there, and a folder", async () => {
    await expect(readFaissVectors(folder.path("none"))).rejects.toThrow(
      expect.objectContaining({ code: "FILE_MISSING" }),
    );
    await expect(readFaissVectors(golden)).rejects.toThrow(expect.objectContaining({ code: "FILE_UNREADABLE" }));
  });
});

describe("writeFaissVectors", () => {
  it.each([
    { file: "flat-ip", metric: "inner-product" as const, ids: undefined, values: VALUES },
    { file: "flat-l2", metric: "l2" as const, ids: undefined, values: VALUES },
    { file: "empty", metric: "inner-product" as const, ids: undefined, values: [] },
    { file: "idmap-flat-ip", metric: "inner-product" as const, ids: BigInt64Array.from(IDS), values: VALUES },
  ])("writes FAISS's own $file to the byte", async ({ file, metric, ids, values }) => {
    const path = folder.path("written.faiss");
    const count = values.length / 3;
    await writeFaissVectors(path, { count, dim: 3, metric, ids, pieces: [Float32Array.from(values)] });
    expect(await readFile(path)).toEqual(await readFile(resolve(golden, `${file}.faiss`)));
  });

  it("writes what is read back, whatever the shape, the values and the pieces", async () => {
    const contents = fc.record({ count: fc.nat(20), dim: fc.integer({ min: 1, max: 9 }) }).chain(({ count, dim }) =>
      fc.record({
        dim: fc.constant(dim),
        values: fc.float32Array({ minLength: count * dim, maxLength: count * dim }),
        ids: fc.option(fc.bigInt64Array({ minLength: count, maxLength: count }), { nil: undefined }),
        metric: fc.constantFrom("inner-product" as const, "l2" as const),
        piece: fc.integer({ min: 1, max: 50 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(contents, async ({ dim, values, ids, metric, piece }) => {
        const path = folder.path("property.faiss");
        const count = values.length / dim;
        await writeFaissVectors(path, { count, dim, metric, ids, pieces: inPieces(values, piece) });
        const found = await readFaissVectors(path);
        expect(found.vectors).toMatchObject({ count, dim });
        expect(await valuesOf(found.vectors)).toEqual([...values]);
        expect(found.ids).toEqual(ids);
        expect(found.metric).toBe(metric);
      }),
      { numRuns: 50 },
    );
  });

  it.each<{ name: string; change: Partial<FaissContent> }>([
    { name: "fewer ids than vectors", change: { ids: new BigInt64Array(4) } },
    { name: "fewer values than declared", change: { count: 6 } },
    { name: "more values than declared", change: { count: 4 } },
  ])("refuses $name and leaves no file", async ({ change }) => {
    const path = folder.path("refused.faiss");
    const pieces = [Float32Array.from(VALUES)];
    await expect(
      writeFaissVectors(path, { count: 5, dim: 3, metric: "inner-product", pieces, ...change }),
    ).rejects.toThrow(expect.objectContaining({ code: "DIMENSION_MISMATCH" }));
    await expect(readFile(path)).rejects.toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

/** One buffer for all pieces, as a reader of large files has it. */
function* inPieces(values: Float32Array, length: number): Generator<Float32Array> {
  const buffer = new Float32Array(length);
  for (let start = 0; start < values.length; start += length) {
    const part = values.subarray(start, start + length);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}
