import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { queryId } from "../../harness/domain/ids.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { bodiesOf, jsonLines, loadFolder, selectFiles, writeFiles } from "./load-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/duckdb");
const temporary = temporaryFolder();
let folders = 0;

const CORPUS = [
  { _id: "a", title: "A", text: "one" },
  { _id: "b", text: "two" },
];
const QUERIES = [
  { _id: "q", text: "which?" },
  { _id: "r", text: "what?" },
];

async function write(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  return await writeFiles(temporary.path(`set-${folders++}`), {
    "corpus.jsonl": jsonLines(CORPUS),
    "queries.jsonl": jsonLines(QUERIES),
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t2\nr\tb\t1\n",
    ...files,
  });
}

describe("mteb's layout", () => {
  it("reads shards of parquet, NULL titles as empty ones, and restricts the queries to the judged ones", async () => {
    const dataset = await loadFolder(join(golden, "mteb"), { kind: "tables" });
    expect(dataset.docIds).toEqual(["0", "1", "2", "3", "4"]);
    expect((await bodiesOf(dataset)).slice(0, 2)).toEqual([
      { title: "Title 0", text: "Text 0" },
      { title: "", text: "Text 1" },
    ]);
    expect(dataset.queries.map(({ id }) => id)).toEqual(["q0", "q1"]);
    expect(dataset.qrels.get(queryId("q0"))).toEqual(
      new Map([
        ["0", 2],
        ["4", 0],
      ]),
    );
    expect(dataset.notes).toEqual(["2 queries without judgements were left out."]);
  });

  it("fetches what the README declares, and the README", async () => {
    const folder = temporary.path("declared");
    await mkdir(join(folder, "p"), { recursive: true });
    await copyFile(join(golden, "mteb/corpus/corpus-00000-of-00002.parquet"), join(folder, "p/documents.parquet"));
    const configs = [
      "- {config_name: corpus, data_files: [{split: corpus, path: p/*.parquet}]}",
      "- {config_name: queries, data_files: [{split: queries, path: q.jsonl.gz}]}",
      "- {config_name: default, data_files: [{split: test, path: [j.csv]}]}",
    ];
    await writeFiles(folder, {
      "README.md": `---\nconfigs:\n${configs.join("\n")}\n---\n`,
      "q.jsonl.gz": gzipSync(jsonLines([{ id: "q", text: "which?" }])),
      "j.csv": "query-id,corpus-id,score\nq,2,1\n",
      "unrelated.parquet": "x",
    });
    expect(await selectFiles(folder, { kind: "tables" })).toEqual([
      "p/documents.parquet",
      "README.md",
      "q.jsonl.gz",
      "j.csv",
    ]);
    expect((await loadFolder(folder, { kind: "tables" })).docIds.length).toBe(3);
  });

  it("reads BeIR's repositories side by side: JSON Lines, and qrels mounted beside", async () => {
    const folder = await write({ "judged/test.tsv": "query-id\tcorpus-id\tscore\nr\tb\t1\n" });
    const dataset = await loadFolder(folder, { kind: "tables", qrels: { root: "judged" } });
    expect(dataset.queries).toEqual([{ id: "r", text: "what?", excluded: [] }]);
  });
});

describe("CoIR's layout", () => {
  it("keeps the asked partition of the queries, and takes ids that are numbers as printed", async () => {
    const dataset = await loadFolder(
      join(golden, "coir"),
      { kind: "tables", queries: { partition: "test" } },
      { strict: false },
    );
    expect(dataset.docIds).toEqual(["0", "1", "2", "3"]);
    expect(dataset.queries).toEqual([{ id: "11", text: "Query eleven", excluded: [] }]);
    expect(dataset.qrels).toEqual(
      new Map([
        ["10", new Map([["1", 1]])],
        ["11", new Map([["3", 1]])],
      ]),
    );
    expect(dataset.notes).toEqual([
      "4 ids of the judgements are numbers; they were taken as printed.",
      "1 judged queries have no text and count as missing, e.g. `10`.",
    ]);
  });
});

describe("tables", () => {
  it("notes ids that are numbers in the corpus after a pass over it", async () => {
    const folder = await write({ "corpus.jsonl": jsonLines([...CORPUS, { _id: 7, text: "x" }, { _id: 8, text: "" }]) });
    expect((await loadFolder(folder, { kind: "tables" })).notes).toEqual([
      "2 ids of the corpus are numbers; they were taken as printed.",
      "1 documents have no text; they are kept.",
    ]);
  });

  it.each([
    { why: "a missing config", files: {}, options: { corpus: { config: "papers" } }, code: "FILE_MISSING" },
    { why: "a missing split", files: {}, options: { qrels: { split: "dev" } }, code: "FILE_MISSING" },
    { why: "a missing column", files: { "corpus.jsonl": jsonLines([{ _id: "a", body: "x" }]) }, code: "DATA_INVALID" },
    {
      why: "a missing column of a table with header",
      files: { "qrels/test.tsv": "query\tcorpus-id\tscore\nq\ta\t1\n" },
      code: "DATA_INVALID",
    },
    { why: "malformed JSON", files: { "corpus.jsonl": '{"_id": "a",\n' }, code: "DATA_INVALID" },
    {
      why: "two objects on a line",
      files: { "corpus.jsonl": '{"_id": "a", "text": ""}{"_id": "b", "text": ""}\n' },
      code: "DATA_INVALID",
    },
    { why: "a bare NaN", files: { "corpus.jsonl": '{"_id": "a", "text": NaN}\n' }, code: "DATA_INVALID" },
    {
      why: "an id beyond exact numbers",
      files: { "corpus.jsonl": '{"_id": 12345678901234567890, "text": ""}\n' },
      code: "DATA_INVALID",
    },
    { why: "an id with a fraction", files: { "corpus.jsonl": '{"_id": 1.5, "text": ""}\n' }, code: "DATA_INVALID" },
    {
      why: "a grade with a fraction",
      files: { "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t0.5\n" },
      code: "DATA_INVALID",
    },
    {
      why: "two grades for a document",
      files: { "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t1\nq\ta\t2\n" },
      code: "DUPLICATE_ID",
    },
    {
      why: "a partition where there is none",
      files: {},
      options: { queries: { partition: "test" } },
      code: "DATA_INVALID",
    },
    {
      why: "gold that is not in the corpus",
      files: { "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\tz\t1\n" },
      code: "UNKNOWN_DOCUMENT",
    },
  ])("refuses $why", async ({ files, options, code }) => {
    await expect(loadFolder(await write(files), { kind: "tables", ...options })).rejects.toMatchObject({ code });
  });

  it("refuses a cut shard", async () => {
    const folder = temporary.path("cut");
    for (const path of [
      "corpus/corpus-00000-of-00002.parquet",
      "queries/queries-00000-of-00001.parquet",
      "data/test-00000-of-00001.parquet",
    ]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const bytes = await readFile(join(golden, "mteb", path));
      await writeFile(join(folder, path), path.startsWith("corpus") ? bytes.subarray(0, 400) : bytes);
    }
    await expect(loadFolder(folder, { kind: "tables" })).rejects.toMatchObject({
      code: "DATA_INVALID",
      where: join(folder, "corpus/corpus-00000-of-00002.parquet"),
    });
  });

  it("counts exclusions that are gold", async () => {
    const queries = jsonLines([{ _id: "q", text: "which?", excluded_ids: ["a", "b", "b"] }, QUERIES[1] ?? {}]);
    expect((await loadFolder(await write({ "queries.jsonl": queries }), { kind: "tables" })).notes).toEqual([
      "1 repeated exclusions were collapsed.",
      "1 queries exclude 2 documents in all.",
      "1 exclusions name documents that are relevant to the same query.",
    ]);
  });
});
