import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { docId, queryId } from "../../harness/domain/ids.ts";
import type { Qrels } from "../../harness/domain/qrels.ts";
import { readQrels } from "../../harness/storage/trec-qrels.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { bodiesOf, jsonLines, judgementCount, loadFolder, selectFiles, writeFiles } from "./load-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/duckdb/bright");
const temporary = temporaryFolder();
let folders = 0;

const EXAMPLES = [
  { id: "0", query: "one", excluded_ids: ["N/A"], gold_ids: ["a"], gold_ids_long: ["N/A"] },
  { id: "1", query: "two", excluded_ids: ["b"], gold_ids: ["a", "c", "a"], gold_ids_long: ["N/A"] },
];
const DOCUMENTS = [
  { id: "a", content: "first a" },
  { id: "b", content: "b" },
  { id: "a", content: "second a" },
  { id: "c", content: "" },
];

async function writeToy(files: Record<string, string> = {}): Promise<string> {
  return await writeFiles(temporary.path(`toy-${folders++}`), {
    "documents/toy.jsonl": jsonLines(DOCUMENTS.slice(1)),
    "examples/toy.jsonl": jsonLines(EXAMPLES),
    ...files,
  });
}

describe("BRIGHT's hub layout", () => {
  it("gives documents, queries, gold and exclusions of a subset", async () => {
    const dataset = await loadFolder(golden, { kind: "bright", subset: "toy" });
    expect(dataset.docIds.length).toBe(5000);
    expect(dataset.queries).toEqual([
      { id: "0", text: "Why 𝒳?", excluded: [] },
      { id: "1", text: "Why units?", excluded: ["doc/7.txt", "doc/8.txt"] },
    ]);
    expect(Object.fromEntries(Array.from(dataset.qrels, ([id, judged]) => [id, [...judged]]))).toEqual({
      0: [
        ["doc/1.txt", 1],
        ["doc/4999.txt", 1],
      ],
      1: [["doc/2048.txt", 1]],
    });
    expect(dataset.notes).toEqual([
      "1 repeated judgements were collapsed.",
      "1 queries without judgements were left out.",
      "10 documents have no text; they are kept.",
      "1 queries exclude 2 documents in all.",
    ]);
    expect((await bodiesOf(dataset))[4098]).toEqual({ title: "", text: "Text 4098 on 𝒳 and ünïts again again" });
  });

  it("takes the texts of a reasoned config, and gold of long documents", async () => {
    const options = { kind: "bright", subset: "toy", queries: "gpt4_reason", documents: "long_documents" };
    const dataset = await loadFolder(golden, options, { strict: false });
    expect(dataset.docIds).toEqual(["page/a.txt", "page/b.txt"]);
    expect(dataset.queries.map(({ text }) => text)).toEqual(["Step by step about 𝒳", "Step by step about units"]);
    expect(dataset.qrels.get(queryId("1"))).toEqual(
      new Map([
        ["page/b.txt", 1],
        ["page/a.txt", 1],
      ]),
    );
    expect(await selectFiles(golden, options)).toEqual([
      "long_documents/toy-00000-of-00001.parquet",
      "examples/toy-00000-of-00001.parquet",
      "gpt4_reason/toy-00000-of-00001.parquet",
    ]);
  });

  it.each([
    { duplicateIds: "first", text: "first a" },
    { duplicateIds: "last", text: "second a" },
  ])("lets the $duplicateIds document of an id count when told so", async ({ duplicateIds, text }) => {
    const folder = await writeToy({ "documents/toy.jsonl": jsonLines(DOCUMENTS) });
    const dataset = await loadFolder(folder, { kind: "bright", subset: "toy", duplicateIds });
    const bodies = await bodiesOf(dataset);
    expect(new Set(dataset.docIds)).toEqual(new Set(["a", "b", "c"]));
    expect(bodies[dataset.docIds.indexOf(docId("a"))]?.text).toBe(text);
    expect(dataset.notes).toContainEqual(expect.stringContaining("1 documents repeat an id"));
    await expect(loadFolder(folder, { kind: "bright", subset: "toy" })).rejects.toMatchObject({ code: "DUPLICATE_ID" });
  });

  it("counts query texts that belong to no example", async () => {
    const texts = [...EXAMPLES, { id: "9" }].map(({ id }) => ({ id, query: `reasoned ${id}` }));
    const folder = await writeToy({ "x_reason/toy.jsonl": jsonLines(texts) });
    const dataset = await loadFolder(folder, { kind: "bright", subset: "toy", queries: "x_reason" });
    expect(dataset.notes).toContainEqual(expect.stringContaining("1 query texts"));
  });

  it.each([
    {
      why: "a query without a text",
      files: { "x_reason/toy.jsonl": jsonLines([{ id: "0", query: "one" }]) },
      code: "DATA_INVALID",
    },
    {
      why: "an empty text",
      files: {
        "x_reason/toy.jsonl": jsonLines([
          { id: "0", query: " " },
          { id: "1", query: "x" },
        ]),
      },
      code: "DATA_INVALID",
    },
    {
      why: "an id twice",
      files: { "x_reason/toy.jsonl": jsonLines([EXAMPLES[0] ?? {}, EXAMPLES[0] ?? {}]) },
      code: "DUPLICATE_ID",
    },
    { why: "an unknown config", files: {}, code: "FILE_MISSING" },
    {
      why: "no column of gold",
      files: {
        "x_reason/toy.jsonl": jsonLines(EXAMPLES),
        "examples/toy.jsonl": jsonLines([{ id: "0", excluded_ids: [] }]),
      },
      code: "DATA_INVALID",
    },
    {
      why: "gold that is no list",
      files: {
        "x_reason/toy.jsonl": jsonLines(EXAMPLES),
        "examples/toy.jsonl": jsonLines([{ ...EXAMPLES[0], gold_ids: "a" }]),
      },
      code: "DATA_INVALID",
    },
  ])("refuses $why", async ({ files, code }) => {
    const folder = await writeToy(files);
    await expect(loadFolder(folder, { kind: "bright", subset: "toy", queries: "x_reason" })).rejects.toMatchObject({
      code,
    });
  });
});

const examplesSchema = z.object({ gold_ids: z.array(z.string()), excluded_ids: z.array(z.string()) });

function parseExample(line: string): z.output<typeof examplesSchema> {
  return examplesSchema.parse(JSON.parse(line));
}

/** Judgements of one that the other has not, or has with another grade. */
function subtract(one: Qrels, other: Qrels): readonly string[] {
  return Array.from(one, ([id, judged]) =>
    [...judged].filter(([doc, grade]) => other.get(id)?.get(doc) !== grade).map(([doc]) => `${id} ${doc}`),
  ).flat();
}

/**
 * Queries and judgements: Anserini's `TopicReaderTest.testBrightTopics` and `QrelsTest.testBRIGHT`. The other columns were
 * counted in the files by a few lines of Python: gold ids repeated in their list, queries with exclusions, different
 * exclusions, exclusions repeated in their list.
 */
const PUBLISHED: readonly (readonly [string, ...number[]])[] = [
  // subset, queries, judgements, repeated gold, excluding queries, exclusions, repeated exclusions
  ["biology", 103, 372, 0, 0, 0, 0],
  ["earth_science", 116, 585, 0, 0, 0, 0],
  ["economics", 103, 800, 0, 0, 0, 0],
  ["psychology", 101, 692, 0, 0, 0, 0],
  ["robotics", 101, 520, 0, 0, 0, 0],
  ["stackoverflow", 117, 478, 0, 0, 0, 0],
  ["sustainable_living", 108, 576, 0, 0, 0, 0],
  ["leetcode", 142, 262, 0, 142, 33_485, 0],
  ["pony", 112, 2219, 0, 0, 0, 0],
  ["aops", 111, 524, 0, 111, 622_653, 103],
  ["theoremqa_questions", 194, 439, 178, 194, 606_523, 0],
  ["theoremqa_theorems", 76, 151, 0, 0, 0, 0],
];

describeWithData("BRIGHT's real queries", "bright", (real) => {
  /** The hub's layout around the real examples; the documents are made up, one for every id that is named. */
  async function writeSubset(subset: string): Promise<string> {
    const folder = temporary.path(`real-${subset}`);
    await mkdir(join(folder, "examples"), { recursive: true });
    const examples = join(folder, `examples/${subset}.jsonl.gz`);
    await copyFile(join(real, `examples/topics.bright-${subset.replaceAll("_", "-")}-original.jsonl.gz`), examples);
    const rows = (await readFile(examples).then(gunzipSync)).toString().trimEnd().split("\n").map(parseExample);
    const ids = new Set(rows.flatMap(({ gold_ids, excluded_ids }) => [...gold_ids, ...excluded_ids]));
    ids.delete("N/A");
    const documents = jsonLines(Array.from(ids, (id) => ({ id, content: `Text of ${id}` })));
    return await writeFiles(folder, { [`documents/${subset}.jsonl`]: documents });
  }

  function counted({ notes }: Dataset, what: string): number {
    return Number.parseInt(notes.find((note) => note.includes(what)) ?? "0", 10);
  }

  it("have the published counts in every subset, and the qrels of the files", async () => {
    const found: (readonly [string, ...number[]])[] = [];
    const differences: string[] = [];
    for (const [subset] of PUBLISHED) {
      const dataset = await loadFolder(await writeSubset(subset), { kind: "bright", subset });
      const excluding = dataset.queries.filter(({ excluded }) => excluded.length > 0);
      found.push([
        subset,
        dataset.queries.length,
        judgementCount(dataset),
        counted(dataset, "repeated judgements"),
        excluding.length,
        excluding.reduce((sum, { excluded }) => sum + excluded.length, 0),
        counted(dataset, "repeated exclusions"),
      ]);
      const name = `qrels/qrels.bright-${subset.replaceAll("_", "-")}.txt`;
      const { qrels } = await readQrels(join(real, name));
      differences.push(...subtract(dataset.qrels, qrels).map((pair) => `${subset} +${pair}`));
      differences.push(...subtract(qrels, dataset.qrels).map((pair) => `${subset} -${pair}`));
    }
    expect(found).toEqual(PUBLISHED);
    expect(differences).toEqual([]);
  });

  it("exclude for LeetCode what the published list excludes", async () => {
    const dataset = await loadFolder(await writeSubset("leetcode"), { kind: "bright", subset: "leetcode" });
    const published = (await readFile(join(real, "qrels/exclude.bright-leetcode.txt"), "utf8")).trimEnd().split("\n");
    const ours = dataset.queries.flatMap(({ id, excluded }) => excluded.map((doc) => `${id} ${doc}`));
    expect(new Set(ours)).toEqual(new Set(published));
  });
});
