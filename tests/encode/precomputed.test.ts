import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import { fc } from "../seeded-fast-check.ts";
import { npyMatrix } from "../storage/npy-file.ts";
import { jsonl, precomputedFiles, ROWS, rowsOf, unit, withScenarios } from "./precomputed-files.ts";

const { folder, open, encode } = precomputedFiles();
const polars = resolve(import.meta.dirname, "../golden/polars");
const numpy = resolve(import.meta.dirname, "../golden/numpy");

describe("precomputed", () => {
  it("gives vectors by id, in the order asked for, of norm 1", async () => {
    await folder.write("documents.jsonl", rowsOf(["b", "c", "a"]));
    const document = { path: "documents.jsonl" };
    expect(await encode({ document })).toEqual(unit([-1, 0], [3, 4], [0, 2]));
    expect(await encode({ document }, ["c", "c", "b"])).toEqual(unit([0, 2], [0, 2], [3, 4]));
    expect(await encode({ document }, [])).toEqual([]);
  });

  it("reads each role's own file", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    await folder.write(
      "scenarios.jsonl",
      rowsOf(
        ["a#0", "a#1", "c#0"],
        [
          [1, 1],
          [0, -5],
          [2, 0],
        ],
      ),
    );
    const options = { document: { path: "documents.jsonl" }, scenario: { path: "scenarios.jsonl" } };
    const { encoder } = await open(options, withScenarios(["a#0", "a#1", "c#0"]));
    expect([...(await encoder.encode(["q"], "query")).vectors]).toEqual(unit([3, 4]));
    expect([...(await encoder.encode(["c#0", "a#1"], "scenario")).vectors]).toEqual(unit([2, 0], [0, -5]));
  });

  it.each(["float32.arrow", "float64.arrow", "fixed.arrow", "stream.arrow", "fixed.parquet"])(
    "reads the same of Polars' %s as of numpy's float64 matrix",
    async (name) => {
      const ids = ["東京😀", "a", "é 2"];
      const more = { docIds: ids.map(docId) };
      const query = { path: join(polars, name) };
      const names = { ...more, queries: [] };
      const npy = { path: join(numpy, "float64.npy"), ids: join(numpy, "ids.npy") };
      const found = await encode({ document: query, query: npy }, ids, names);
      expect(found).toHaveLength(12);
      expect(found).toEqual(await encode({ document: npy, query: npy }, ids, names));
      expect(found.slice(4, 8)).toEqual(unit([1, -2, 0.5, 4]));
    },
  );

  it("reads gzip, other field names, and a format that the path does not tell", async () => {
    const text = jsonl(ROWS.map((embedding, row) => ({ docid: row, embedding, contents: "..." })));
    await folder.write("vectors.bin", gzipSync(text));
    const document = { path: "vectors.bin", format: "jsonl", idField: "docid", vectorField: "embedding" };
    expect(await encode({ document }, ["2", "0"], { docIds: ["0", "1", "2"].map(docId) })).toEqual(
      unit([-1, 0], [3, 4]),
    );
  });

  it.each([
    { name: "ids.txt", text: "c\na\nb\n" },
    { name: "ids.json", text: '["c", "a", "b"]' },
    { name: "ids.json", text: '{"0": "c", "1": "a", "2": "b"}' },
  ])("takes the ids of a matrix from $name beside it", async ({ name, text }) => {
    await folder.write("matrix.npy", npyMatrix(ROWS));
    await folder.write(name, text);
    expect(await encode({ document: { path: "matrix.npy", ids: name } })).toEqual(unit([0, 2], [-1, 0], [3, 4]));
  });

  it("takes the dataset's order when that is declared and the count is equal", async () => {
    await folder.write("matrix.npy", npyMatrix(ROWS));
    const document = { path: "matrix.npy", order: "dataset" };
    expect(await encode({ document }, ["c", "a"])).toEqual(unit([-1, 0], [3, 4]));
    const fewer = encode({ document }, ["a"], { docIds: ["a", "b"].map(docId) });
    await expect(fewer).rejects.toMatchObject({ code: "DATA_INVALID" });
    const more = encode({ document }, ["a"], { docIds: ["a", "b", "c", "d"].map(docId) });
    await expect(more).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("numbers the rows of a document as its scenarios when they have the ids of documents", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    await folder.write(
      "scenarios.jsonl",
      rowsOf(
        ["c", "a", "c", "elsewhere"],
        [
          [1, 1],
          [0, -5],
          [2, 0],
          [7, 7],
        ],
      ),
    );
    const scenario = { path: "scenarios.jsonl", idsOf: "document" };
    const options = { document: { path: "documents.jsonl" }, scenario };
    const { encoder } = await open(options, withScenarios(["a#0", "c#0", "c#1"]));
    expect([...(await encoder.encode(["a#0", "c#0", "c#1"], "scenario")).vectors]).toEqual(
      unit([0, -5], [1, 1], [2, 0]),
    );
    const shifted = await open(options, withScenarios(["a#0", "c#0"]));
    await expect(shifted.encoder.encode(["a#0"], "scenario")).rejects.toMatchObject({ code: "DATA_INVALID" });
    const lacking = await open(options, withScenarios(["a#0", "a#1", "c#0", "c#1"]));
    await expect(lacking.encoder.encode(["a#0"], "scenario")).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("says once what is odd and yet no error", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "x", "b", "c", "y"], [...ROWS, [0, 0], [0.6, 0.8]]));
    const { encoder, said } = await open({ document: { path: "documents.jsonl" } });
    expect([...(await encoder.encode(["a"], "document")).vectors]).toEqual(unit([3, 4]));
    expect([...(await encoder.encode(["c", "b"], "document")).vectors]).toEqual([0, 0, -1, 0]);
    // [3, 4] and [0, 2] have another norm than 1
    expect(said).toEqual([
      expect.stringContaining("2 of 5 rows did not have norm 1"),
      expect.stringContaining("1 of 5 rows are all zero"),
      expect.stringContaining("2 of 5 rows have ids that the data does not have"),
    ]);
  });

  it("takes rows bit by bit without `normalize`, and refuses what is not of norm 1", async () => {
    const nearly = [Math.fround(0.6), Math.fround(0.8001)];
    await folder.write("unit.npy", npyMatrix([nearly, [0, 0], [1, 0]]));
    const document = { path: "unit.npy", order: "dataset" };
    await folder.write("query.npy", npyMatrix([[1, 0]]));
    const query = { path: "query.npy", order: "dataset" };
    expect(await encode({ document, query, normalize: false })).toEqual([...nearly, 0, 0, 1, 0]);
    expect(await encode({ document, query })).not.toEqual([...nearly, 0, 0, 1, 0]);
    await folder.write("unit.npy", npyMatrix([nearly, [0, 0], [3, 4]]));
    const refused = encode({ document, query, normalize: false });
    await expect(refused).rejects.toMatchObject({ code: "SCORE_INVALID", message: expect.stringContaining("`c`") });
  });

  it("fills in the names of dataset and sets", async () => {
    await mkdir(folder.path("my/set"), { recursive: true });
    await folder.write("my/set/documents.jsonl", rowsOf(["a", "b", "c"]));
    await folder.write("my/set/rewritten.jsonl", rowsOf(["q"], [[0, 1]]));
    await folder.write("my/set/spike.npy", npyMatrix([[1, 0]]));
    await folder.write("my/set/spike.txt", "b#0\n");
    const { encoder } = await open(
      {
        document: { path: "{dataset}/documents.jsonl" },
        query: { path: "{dataset}/{queries}.jsonl" },
        scenario: { path: "{dataset}/{scenarios}.npy", ids: "{dataset}/{scenarios}.txt" },
      },
      { asked: { queries: ["rewritten"], scenarios: withScenarios(["b#0"]).asked?.scenarios ?? new Map() } },
    );
    expect([...(await encoder.encode(["q"], "query")).vectors]).toEqual([0, 1]);
    expect([...(await encoder.encode(["b#0"], "scenario")).vectors]).toEqual([1, 0]);
  });

  it("does not look for the vectors of scenarios that nobody asks for", async () => {
    await folder.write("documents.jsonl", rowsOf(["a", "b", "c"]));
    const options = { document: { path: "documents.jsonl" }, scenario: { path: "none.jsonl" } };
    expect((await open(options)).encoder.dim).toBe(2);
    await expect(open(options, withScenarios(["a#0"]))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("gives any finite rows their direction, to the precision of float32", async () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((one) => Math.abs(one) > 1e-6);
    const row = fc.tuple(value, value, value);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const ids = rows.map((_, index) => `d${index}`);
        await folder.write("any.jsonl", rowsOf(ids, rows));
        const names = { docIds: ids.map(docId), queries: [] };
        const vectors = await encode({ document: { path: "any.jsonl" }, query: { path: "any.jsonl" } }, ids, names);
        for (const [index, expected] of unit(...rows).entries()) {
          expect(Math.abs((vectors[index] ?? Number.NaN) - expected)).toBeLessThan(1e-7);
        }
      }),
      { numRuns: 20 },
    );
  });
});
