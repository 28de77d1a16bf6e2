import { beforeAll, describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import { writeFaissVectors } from "../../harness/storage/faiss-file.ts";
import { precomputedFiles, ROWS, unit } from "./precomputed-files.ts";

const { folder, encode } = precomputedFiles();

async function write(name: string, ids?: readonly bigint[]): Promise<void> {
  await writeFaissVectors(folder.path(name), {
    ...{ count: 3, dim: 2, metric: "inner-product", ids: ids && BigInt64Array.from(ids) },
    pieces: [Float32Array.from(ROWS.flat())],
  });
}

beforeAll(async () => {
  await write("plain.faiss");
  // SPIKE's pipeline maps positions to ids in a file beside the index
  await write("mapped.faiss", [2n, 0n, 1n]);
  await folder.write("ids.json", JSON.stringify({ 0: "a", 1: "b", 2: "c" }));
});

describe("precomputed vectors of FAISS indices", () => {
  it("are those of the rows, where the index has no labels", async () => {
    expect(await encode({ document: { path: "plain.faiss", ids: "ids.json" } })).toEqual(unit(...ROWS));
  });

  it("go by their labels, which are positions in the file of ids", async () => {
    const [first = [], second = [], third = []] = ROWS;
    // label 0 is in the second row, label 1 in the third, label 2 in the first
    expect(await encode({ document: { path: "mapped.faiss", ids: "ids.json" } })).toEqual(unit(second, third, first));
  });

  it("have their labels as ids without such a file", async () => {
    const document = { path: "mapped.faiss" };
    const [first = []] = ROWS;
    expect(await encode({ document }, ["2"], { docIds: ["0", "1", "2"].map(docId) })).toEqual(unit(first));
  });

  it("are refused when the labels are no positions", async () => {
    await write("far.faiss", [0n, 1n, 7n]);
    const far = encode({ document: { path: "far.faiss", ids: "ids.json" } });
    await expect(far).rejects.toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("found 7") });
  });
});
