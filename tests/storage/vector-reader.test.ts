import { truncate } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredVectors, VectorPrecision } from "../../harness/domain/embeddings.ts";
import { openVectorReader } from "../../harness/storage/vector-reader.ts";
import { writeShard } from "../../harness/storage/vector-shards.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { shardRows, valueAt } from "./shard-rows.ts";

const folder = temporaryFolder();
const DIM = 3;

/** The rows of a shard in another order, each a run of its own. */
async function pickedRows(rows: readonly number[], precision: VectorPrecision = "float32"): Promise<StoredVectors> {
  const { path, layout } = await writeShard(folder.path("."), "sealed", shardRows(50, DIM, precision));
  const start = layout.batches[0]?.vectors.at ?? 0;
  return {
    count: rows.length,
    dim: DIM,
    precision,
    files: [path],
    runs: {
      firstRows: Uint32Array.from(rows.keys()),
      files: new Uint32Array(rows.length),
      offsets: Float64Array.from(rows, (row) => start + row * DIM * (precision === "float32" ? 4 : 2)),
    },
  };
}

describe("openVectorReader", () => {
  it.each<VectorPrecision>(["float32", "float16"])("reads any block of %s rows as float32", async (precision) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(49), { maxLength: 20 }), fc.nat(20), fc.nat(20), async (rows, a, b) => {
        const [first, end] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
        const reader = openVectorReader(await pickedRows(rows, precision));
        const into = new Float32Array((end - first) * DIM);
        reader.read(first, end - first, into);
        reader.close();
        const expected = rows.slice(first, end).flatMap((row) => [0, 1, 2].map((d) => valueAt(row, d)));
        expect([...into]).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses rows past the end and room of another size", async () => {
    const reader = openVectorReader(await pickedRows([1, 2]));
    expect(() => reader.read(1, 2, new Float32Array(2 * DIM))).toThrow(RangeError);
    expect(() => reader.read(0, 1, new Float32Array(DIM + 1))).toThrow(RangeError);
  });

  it("says which file is gone or too short", async () => {
    const vectors = await pickedRows([49]);
    const [path = ""] = vectors.files;
    await truncate(path, 200);
    expect(() => openVectorReader(vectors).read(0, 1, new Float32Array(DIM))).toThrow(
      expect.objectContaining({ code: "DATA_INVALID", where: path }),
    );
    const gone = { ...vectors, files: [`${path}.gone`] };
    expect(() => openVectorReader(gone).read(0, 1, new Float32Array(DIM))).toThrow(
      expect.objectContaining({ code: "FILE_MISSING" }),
    );
  });
});
