import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { bodiesOf, jsonLines, judgementCount, loadFolder, selectFiles, writeFiles } from "./load-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/duckdb");
const temporary = temporaryFolder();

describe("files with any names", () => {
  it("are read by the fields that the card names", async () => {
    const folder = await writeFiles(temporary.path("named"), {
      "docs/1.jsonl.gz": gzipSync(jsonLines([{ pmid: 12, heading: "H", abstract: "A" }])),
      "docs/2.jsonl": jsonLines([{ pmid: 13, abstract: null }]),
      "asked.csv": 'number,question,not\n1,"What, then?",\n',
      "judged.jsonl": jsonLines([{ q: "1", d: 12, g: 2 }]),
    });
    const fields = { docId: "pmid", title: "heading", text: "abstract", queryId: "number", queryText: "question" };
    const judged = { judgedQuery: "q", judgedDocument: "d", grade: "g" };
    const dataset = await loadFolder(folder, {
      kind: "jsonl",
      corpus: "docs/*",
      queries: "asked.csv",
      qrels: "judged.jsonl",
      fields: { ...fields, ...judged },
    });
    expect(dataset.docIds).toEqual(["12", "13"]);
    expect(await bodiesOf(dataset)).toEqual([
      { title: "H", text: "A" },
      { title: "", text: "" },
    ]);
    expect(dataset.queries).toEqual([{ id: "1", text: "What, then?", excluded: [] }]);
    expect(dataset.qrels).toEqual(new Map([["1", new Map([["12", 2]])]]));
    expect(dataset.notes).toContain("2 ids of the corpus are numbers; they were taken as printed.");
  });

  it("take parquet, and qrels in TREC's form", async () => {
    const options = { kind: "jsonl", corpus: "mteb/corpus/*.parquet", queries: "mteb/queries/*", qrels: "*.qrels" };
    await expect(selectFiles(golden, options)).rejects.toMatchObject({ code: "FILE_MISSING" });
    const folder = await writeFiles(temporary.path("trec"), {
      "corpus.jsonl": jsonLines([{ _id: "a", text: "x" }]),
      "queries.jsonl": jsonLines([{ _id: "q", text: "y" }]),
      "test.qrels": "q 0 a 1\n",
    });
    expect(judgementCount(await loadFolder(folder, { kind: "jsonl", qrels: "*.qrels" }))).toBe(1);
    await writeFiles(folder, { "more.qrels": "q 0 a 1\n" });
    await expect(loadFolder(folder, { kind: "jsonl", qrels: "*.qrels" })).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
  });
});

describeWithData("LIMIT", "limit/limit-small", (folder) => {
  it("has its published counts, and ids that hold spaces", async () => {
    const dataset = await loadFolder(folder, { kind: "limit" });
    expect([dataset.docIds.length, dataset.queries.length, judgementCount(dataset)]).toEqual([46, 1000, 2000]);
    expect(dataset.docIds[0]).toBe("Geneva Durben");
    expect(dataset.notes).toEqual([]);
    expect(await selectFiles(join(folder), { kind: "limit" })).toEqual([
      "corpus.jsonl",
      "queries.jsonl",
      "qrels.jsonl",
    ]);
  });
});
