import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type BeirFiles, SMALL, writeBeirFolder } from "./beir-folder.ts";

const temporary = temporaryFolder();
let folders = 0;

type More = Partial<Parameters<typeof loadDataset>[0]>;

async function load(files: BeirFiles = {}, more: More = {}): Promise<Dataset> {
  const folder = await writeBeirFolder(temporary.path(`set-${folders++}`), files);
  const format = createFormat({ kind: "beir" });
  return await loadDataset({
    id: "set",
    format,
    files: await listLocalFiles(folder),
    policy: DEFAULT_POLICY,
    strict: false,
    ...more,
  });
}

async function bodies({ corpus }: Dataset): Promise<object[]> {
  const all: object[] = [];
  for await (const view of corpus.views()) all.push(view);
  return all;
}

describe("a BEIR folder", () => {
  it("gives ids, bodies, judged queries and judgements", async () => {
    const dataset = await load();
    expect(dataset.docIds).toEqual(["d1", "d2", "d3"]);
    expect(await bodies(dataset)).toEqual([
      { id: "d1", title: "Osmosis", text: "Water moves through a membrane." },
      { id: "d2", title: "", text: "Prices rise when supply falls." },
      { id: "d3", title: "", text: "A mutex guards shared state." },
    ]);
    expect(dataset.queries.map(({ id }) => id)).toEqual(["q1", "q2"]);
    expect(dataset.qrels.get("q1" as never)).toEqual(
      new Map([
        ["d1", 2],
        ["d3", 0],
      ]),
    );
    expect(dataset.notes).toEqual([expect.stringContaining("1 queries")]);
  });

  it("streams the same bodies at every pass", async () => {
    const dataset = await load();
    expect(await bodies(dataset)).toEqual(await bodies(dataset));
  });

  it("leaves the title out when the policy says so", async () => {
    const [first] = await bodies(await load({}, { policy: { ...DEFAULT_POLICY, docText: "text" } }));
    expect(first).toEqual({ id: "d1", title: "", text: "Water moves through a membrane." });
  });

  it("has a content hash that texts, ids and their order change", async () => {
    const [a, b, c] = SMALL.corpus;
    const corpora = [
      [a, b, c],
      [b, a, c],
      [{ ...a, text: "x" }, b, c],
      [{ ...a, _id: "d9" }, b, c],
    ];
    const hashes = await Promise.all(
      corpora.map(async (corpus) => (await load({ corpus, qrels: [["q2", "d2", 1]] })).corpus.contentHash),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it("may be gzipped and hold CRLF and a byte order mark", async () => {
    const crlf = (rows: readonly object[]) => `\uFEFF${rows.map((row) => `${JSON.stringify(row)}\r\n`).join("")}`;
    const folder = await writeBeirFolder(temporary.path("crlf"), {
      corpus: crlf(SMALL.corpus),
      queries: crlf(SMALL.queries),
      qrels: "\uFEFFquery-id\tcorpus-id\tscore\r\nq1\td1\t2\r\n",
    });
    await writeFile(join(folder, "corpus.jsonl"), gzipSync(crlf(SMALL.corpus)));
    const format = createFormat({ kind: "beir" });
    const dataset = await loadDataset({
      id: "set",
      format,
      files: await listLocalFiles(folder),
      policy: DEFAULT_POLICY,
      strict: true,
    });
    expect(dataset.docIds).toEqual(["d1", "d2", "d3"]);
    expect(dataset.qrels).toEqual(new Map([["q1", new Map([["d1", 2]])]]));
  });

  it("reads exclusions, and BRIGHT's N/A as none", async () => {
    const queries = [
      { _id: "q1", text: "a", excluded_ids: ["d2", "nowhere"] },
      { _id: "q2", text: "b", excluded_ids: ["N/A"] },
    ];
    const dataset = await load({ queries });
    expect(dataset.queries.map(({ excluded }) => excluded)).toEqual([["d2", "nowhere"], []]);
    expect(dataset.notes.length).toBe(2);
  });

  it("keeps ids as they are spelt, also with spaces and leading zeros", async () => {
    const dataset = await load({
      corpus: [
        { _id: "0012", text: "x" },
        { _id: "a b", text: "y" },
        { _id: 7, text: "z" },
      ],
      qrels: [
        ["q1", "0012", 1],
        ["q2", "a b", 1],
        ["q2", "7", 1],
      ],
    });
    expect(dataset.docIds).toEqual(["0012", "a b", "7"]);
    expect(dataset.notes.length).toBe(1);
  });

  it("keeps an empty document and counts it", async () => {
    const dataset = await load({ corpus: [...SMALL.corpus, { _id: "d4", text: "" }] });
    expect(dataset.docIds.length).toBe(4);
    expect(dataset.notes.length).toBe(2);
  });

  it("counts judgements of unknown documents, and refuses them when strict", async () => {
    const qrels = [
      ["q1", "d1", 1],
      ["q1", "gone", 1],
      ["q2", "away", 1],
    ] as const;
    expect((await load({ qrels })).notes).toContainEqual(expect.stringContaining("`gone`"));
    await expect(load({ qrels }, { strict: true })).rejects.toMatchObject({ code: "UNKNOWN_DOCUMENT" });
  });

  it("counts judged queries without a text, and refuses them when strict", async () => {
    const qrels = [
      ["q1", "d1", 1],
      ["lost", "d1", 1],
    ] as const;
    const dataset = await load({ qrels });
    expect(dataset.queries.map(({ id }) => id)).toEqual(["q1"]);
    expect(dataset.qrels.size).toBe(2);
    await expect(load({ qrels }, { strict: true })).rejects.toMatchObject({ code: "UNKNOWN_DOCUMENT" });
  });

  it.each<{ why: string; files: BeirFiles; code: string; where?: RegExp }>([
    { why: "an empty corpus", files: { corpus: "" }, code: "EMPTY_CORPUS", where: /corpus\.jsonl$/ },
    { why: "qrels without a judgement", files: { qrels: [] }, code: "DATA_INVALID" },
    { why: "qrels of other queries", files: { qrels: [["x1", "d1", 1]] }, code: "DATA_INVALID" },
    {
      why: "a document id twice",
      files: {
        corpus: [
          { _id: "a", text: "x" },
          { _id: "b", text: "y" },
          { _id: "a", text: "z" },
        ],
      },
      code: "DUPLICATE_ID",
      where: /corpus\.jsonl:3$/,
    },
    {
      why: "invalid JSON",
      files: { corpus: '{"_id": "a", "text": "x"}\n{"_id": "b",\n' },
      code: "DATA_INVALID",
      where: /:2$/,
    },
    {
      why: "two objects on a line",
      files: { corpus: '{"_id": "a", "text": "x"} {"_id": "b"}\n' },
      code: "DATA_INVALID",
      where: /:1$/,
    },
    { why: "a bare NaN", files: { corpus: '{"_id": "a", "text": NaN}\n' }, code: "DATA_INVALID", where: /:1$/ },
    { why: "a document without an id", files: { corpus: [{ text: "x" }] }, code: "DATA_INVALID", where: /:1$/ },
    { why: "a document without a text", files: { corpus: [{ _id: "a" }] }, code: "DATA_INVALID", where: /:1$/ },
    { why: "a text that is none", files: { corpus: [{ _id: "a", text: 3 }] }, code: "DATA_INVALID", where: /:1$/ },
    {
      why: "a query without a text",
      files: { queries: [{ _id: "q1", text: " " }] },
      code: "DATA_INVALID",
      where: /queries\.jsonl:1$/,
    },
    {
      why: "a query id twice",
      files: { queries: [SMALL.queries[0], SMALL.queries[0]] },
      code: "DUPLICATE_ID",
      where: /queries\.jsonl:2$/,
    },
    {
      why: "a grade that is no number",
      files: { qrels: "query-id\tcorpus-id\tscore\nq1\td1\tx\n" },
      code: "DATA_INVALID",
      where: /test\.tsv:2$/,
    },
  ])("refuses $why", async ({ files, code, where }) => {
    const error = await load(files).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    if (where !== undefined) expect(error).toMatchObject({ where: expect.stringMatching(where) });
  });

  it("refuses files that are not those of the card", async () => {
    await expect(load({}, { counts: { documents: 4 } })).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(load({}, { counts: { documents: 3, queries: 2, judgements: 3 } })).resolves.toBeDefined();
  });

  it("refuses a folder without the files", async () => {
    const format = createFormat({ kind: "beir" });
    const options = { id: "set", format, policy: DEFAULT_POLICY, strict: false };
    await expect(listLocalFiles(temporary.path("nowhere"))).rejects.toMatchObject({ code: "FILE_MISSING" });
    const empty = await listLocalFiles(await writeBeirFolder(temporary.path("bare")));
    const files = { ...empty, paths: [] };
    await expect(loadDataset({ ...options, files })).rejects.toMatchObject({ code: "FILE_MISSING" });
    const folder = await writeBeirFolder(temporary.path("cut"));
    await writeFile(join(folder, "corpus.jsonl"), gzipSync(JSON.stringify(SMALL.corpus[0]).repeat(50)).subarray(0, 60));
    await expect(loadDataset({ ...options, files: await listLocalFiles(folder) })).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
  });
});
