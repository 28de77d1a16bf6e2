import { utimes, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { npyFile, npyMatrix } from "../storage/npy-file.ts";
import { jsonl, type Options, precomputedFiles, QUERIES, rowsOf, unit, withScenarios } from "./precomputed-files.ts";

const { folder, open, encode } = precomputedFiles();

describe("a precomputed encoder", () => {
  it("counts the ids without a vector and names the first ones", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const ids = ["a", ...Array.from({ length: 40 }, (_, index) => `missing${index}`)];
    const error = encode({ document: { path: "documents.jsonl" } }, ["a"], { docIds: ids.map(docId) });
    const message = expect.stringMatching(/40 \(`missing0`, `missing1`, `missing2`, \.\.\.\)/);
    await expect(error).rejects.toMatchObject({ code: "DATA_INVALID", message, where: folder.path("documents.jsonl") });
  });

  it.each([
    { why: "NaN", dtype: "<f4", bytes: Float32Array.of(1, 0, 0, Number.NaN, 1, 0) },
    { why: "infinity", dtype: "<f4", bytes: Float32Array.of(1, 0, 0, Number.NEGATIVE_INFINITY, 1, 0) },
    { why: "a square beyond a double", dtype: "<f8", bytes: Float64Array.of(1, 0, 1e200, 0, 1, 0) },
    { why: "a square below one", dtype: "<f8", bytes: Float64Array.of(1, 0, 1e-200, 0, 1, 0) },
  ])("refuses $why with the id of the row", async ({ dtype, bytes }) => {
    await folder.write("odd.npy", npyFile(dtype, [3, 2], Buffer.from(bytes.buffer)));
    const error = encode({ document: { path: "odd.npy", order: "dataset" } });
    await expect(error).rejects.toMatchObject({ code: "SCORE_INVALID", message: expect.stringContaining("`b`") });
  });

  it.each([
    { why: "no id", rows: [{ vector: [1, 2] }] },
    { why: "an empty id", rows: [{ id: "", vector: [1, 2] }] },
    { why: "an id that is no text and no whole number", rows: [{ id: 1.5, vector: [1, 2] }] },
    { why: "no vector", rows: [{ id: "a" }] },
    { why: "an empty vector", rows: [{ id: "a", vector: [] }] },
    { why: "a vector that is a text", rows: [{ id: "a", vector: "1 2" }] },
    { why: "a gap in a vector", rows: [{ id: "a", vector: [1, null] }] },
    { why: "a text in a vector", rows: [{ id: "a", vector: [1, "2"] }] },
    { why: "no rows", rows: [] },
  ])("refuses a file with $why", async ({ rows }) => {
    await folder.write("bad.jsonl", jsonl(rows));
    await expect(encode({ document: { path: "bad.jsonl" } })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("refuses rows and roles of different dimensions", async () => {
    await folder.write(
      "uneven.jsonl",
      rowsOf(
        ["a", "b", "c"],
        [
          [1, 0],
          [1, 0, 0],
          [0, 1],
        ],
      ),
    );
    const where = `${folder.path("uneven.jsonl")}:2`;
    const uneven = encode({ document: { path: "uneven.jsonl" } });
    await expect(uneven).rejects.toMatchObject({ code: "DIMENSION_MISMATCH", where });
    await folder.write(
      "three.jsonl",
      rowsOf(
        ["a", "b", "c"],
        [
          [1, 0, 0],
          [1, 0, 0],
          [1, 0, 0],
        ],
      ),
    );
    await expect(open({ document: { path: "three.jsonl" } })).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  });

  it.each(["again.jsonl", "again.npy"])(
    "takes an id twice in %s when its vectors are equal, else not",
    async (path) => {
      const ids = ["a", "b", "a", "c"];
      const document = path.endsWith(".npy") ? { path, ids: "again.txt" } : { path };
      await folder.write("again.txt", ids.join("\n"));
      const write = (again: readonly number[]) => {
        const vectors = [[3, 4], [0, 2], again, [1, 1]];
        return folder.write(path, path.endsWith(".npy") ? npyMatrix(vectors) : rowsOf(ids, vectors));
      };
      await write([3, 4]);
      expect(await encode({ document }, ["a", "c"])).toEqual(unit([3, 4], [1, 1]));
      await write([6, 8]);
      const error = encode({ document }, ["a", "c"]);
      await expect(error).rejects.toMatchObject({ code: "DUPLICATE_ID", message: expect.stringContaining("`a`") });
    },
  );

  it("refuses a run that asks for several sets, whose ids are the same, or for scenarios that it has not", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const document = { path: "documents.jsonl" };
    const twoQuerySets = { asked: { queries: ["original", "rewritten"], scenarios: new Map() } };
    await expect(open({ document }, twoQuerySets)).rejects.toMatchObject({ code: "SPEC_INVALID" });
    const twoScenarioSets = withScenarios(["a#0"], ["spike", "other"]);
    await expect(open({ document, scenario: document }, twoScenarioSets)).rejects.toMatchObject({
      code: "SPEC_INVALID",
    });
    await expect(open({ document }, withScenarios(["a#0"]))).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it("does not go on with a file that was written to", async () => {
    const path = await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const { encoder } = await open({ document: { path: "documents.jsonl" } });
    await encoder.encode(["a"], "document");
    await writeFile(
      path,
      rowsOf(
        ["a", "b", "c"],
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
      ),
    );
    await utimes(path, 1, 1);
    await expect(encoder.encode(["b"], "document")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it.each<Options>([
    {},
    { document: { path: "" } },
    { document: { path: "vectors.bin" } },
    { document: { path: "matrix.npy" } },
    { document: { path: "vectors.jsonl", format: "pickle" } },
    { document: { path: "matrix.npy", ids: "ids.txt", order: "dataset" } },
    { document: { path: "matrix.npy", order: "corpus" } },
    { document: { path: "vectors.jsonl", idsOf: "document" } },
    { document: { path: "vectors.jsonl" }, scenario: { path: "s.npy", order: "dataset", idsOf: "document" } },
    { document: { path: "vectors.jsonl" }, normalise: true },
  ])("refuses the options %o", (options) => {
    expect(() => createEncoder({ kind: "precomputed", query: QUERIES, ...options }, { folder: "." })).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID" }),
    );
  });
});
