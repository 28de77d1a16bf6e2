import { join } from "node:path";
import { expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { readJsonLines } from "../../harness/storage/jsonl.ts";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { describeWithData } from "../real-data.ts";
import { precomputedFiles, unit } from "./precomputed-files.ts";

const { open, encode } = precomputedFiles();

describeWithData("bge vectors as others publish them", "vectors", (data) => {
  async function rowsOfParquet(path: string) {
    const rows: { readonly id: string; readonly vector: readonly unknown[] }[] = [];
    for await (const batch of readParquetRows(path, ["docid", "vector"])) {
      for (const { value } of batch) {
        rows.push({ id: String(value["docid"]), vector: Array.isArray(value["vector"]) ? value["vector"] : [] });
      }
    }
    return rows;
  }

  it("are the same in list<float> and list<double>, to the precision of float32", async () => {
    const paths = ["float", "double"].map((type) => join(data, `bge-base-10rows-${type}.parquet`));
    const ids = (await rowsOfParquet(paths[0] ?? "")).map(({ id }) => id);
    const [float = [], double = []] = await Promise.all(
      paths.map((path) => {
        const document = { path, idField: "docid" };
        return encode({ document, query: document }, ids, { docIds: ids.map(docId), queries: [] });
      }),
    );
    expect(float).toHaveLength(10 * 768);
    const gaps = float.map((value, at) => Math.abs(value - (double[at] ?? Number.NaN)));
    // values are below 1, where float32 is exact to 2^-25; one rounding more in list<float>
    expect(gaps.reduce((most, gap) => (gap > most ? gap : most), 0)).toBeLessThan(2 ** -23);
  });

  it("come from JSON Lines in gzip, by query id", async () => {
    const path = join(data, "topics.bright-biology.bge-large-en-v1.5.jsonl.gz");
    const rows: (readonly [string, readonly number[]])[] = [];
    for await (const batch of readJsonLines(path)) {
      for (const { value } of batch)
        rows.push([String(value["qid"]), Array.isArray(value["vector"]) ? value["vector"] : []]);
    }
    expect(rows).toHaveLength(103);
    const queries = rows.map(([id]) => ({ id: queryId(id), text: "", excluded: [] }));
    const query = { path, idField: "qid" };
    const { encoder, said } = await open({ document: query, query }, { docIds: [], queries });
    expect(encoder.dim).toBe(1024);
    const reversed = rows.toReversed();
    const { vectors } = await encoder.encode(
      reversed.map(([id]) => id),
      "query",
    );
    const expected = unit(...reversed.map(([, row]) => row));
    expect(vectors).toHaveLength(expected.length);
    const gaps = expected.map((value, at) => Math.abs(value - (vectors[at] ?? Number.NaN)));
    expect(gaps.filter((gap) => !(gap < 2 ** -24))).toEqual([]);
    expect(said).toEqual([]);
  });
});
