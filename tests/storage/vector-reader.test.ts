import { rm, truncate } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openVectorReader } from "../../harness/storage/vector-reader.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { storeVectors } from "./stored-vectors.ts";

const DIM = 3;
/** Row `r` is `r`, `-r / 2`, `r / 1024`: float16 holds these up to 2048. */
const embeddings = {
  count: 23,
  dim: DIM,
  rows: Float32Array.from(
    { length: 23 * DIM },
    (_, at) => Math.floor(at / DIM) * ([1, -1 / 2, 1 / 1024][at % DIM] ?? 0) + 0,
  ),
};

describe("openVectorReader", () => {
  const folder = temporaryFolder();
  const write = (name: string, content: Uint8Array) => folder.write(name, content);
  const runs = [5, 1, 9, 8];

  it.each(["float32", "float16"] as const)("reads any rows of %s files, across runs and files", async (precision) => {
    const reader = openVectorReader(await storeVectors(embeddings, { write, precision, runs, files: 2 }));
    for (let first = 0; first <= 23; first++) {
      for (let count = 0; first + count <= 23; count++) {
        const into = new Float32Array(count * DIM).fill(Number.NaN);
        reader.read(first, count, into);
        expect(into).toEqual(embeddings.rows.slice(first * DIM, (first + count) * DIM));
      }
    }
    reader.close();
  });

  it("fills a view of shared memory, and nothing beside it", async () => {
    const reader = openVectorReader(await storeVectors(embeddings, { write, precision: "float32", runs, files: 1 }));
    const buffer = new SharedArrayBuffer(64);
    reader.read(4, 2, new Float32Array(buffer, 8, 2 * DIM));
    expect([...new Float32Array(buffer, 0, 10)]).toEqual([0, 0, ...embeddings.rows.subarray(4 * DIM, 6 * DIM), 0, 0]);
    reader.close();
  });

  it("reads more files than it keeps open", async () => {
    const many = Array.from({ length: 23 }, () => 1);
    const reader = openVectorReader(
      await storeVectors(embeddings, { write, precision: "float32", runs: many, files: 23 }),
    );
    for (let pass = 0; pass < 2; pass++) {
      const into = new Float32Array(23 * DIM);
      reader.read(0, 23, into);
      expect(into).toEqual(embeddings.rows);
    }
    reader.close();
  });

  it("refuses rows that are not there", async () => {
    const reader = openVectorReader(await storeVectors(embeddings, { write, precision: "float32", runs, files: 1 }));
    expect(() => reader.read(22, 2, new Float32Array(2 * DIM))).toThrow(RangeError);
    expect(() => reader.read(0, 2, new Float32Array(DIM))).toThrow(RangeError);
    reader.close();
  });

  it("says which file ends too early, and which is gone", async () => {
    const stored = await storeVectors(embeddings, { write, precision: "float32", runs, files: 1 });
    const [path = ""] = stored.files;
    const reader = openVectorReader(stored);
    await truncate(path, 100);
    expect(() => reader.read(0, 23, new Float32Array(23 * DIM))).toThrow(
      expect.objectContaining({ code: "DATA_INVALID", where: path }),
    );
    reader.close();
    await rm(path);
    expect(() => openVectorReader(stored).read(0, 1, new Float32Array(DIM))).toThrow(
      expect.objectContaining({ code: "FILE_MISSING", where: path }),
    );
  });
});
