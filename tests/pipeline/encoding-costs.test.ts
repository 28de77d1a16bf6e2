import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { openaiStandIn } from "../encode/openai-stand-in.ts";
import { tickingClock } from "../encode/ticking-clock.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Lab, LIBRARY, openLab, runLab } from "./workspace.ts";

const server = openaiStandIn();
const folder = temporaryFolder();

/** A price of one USD a token; the stand-in counts a token a character, and so does the estimate. */
function servedEncoder(options = ""): string {
  const price = "charactersPerToken: 1, usdPerMillionTokens: 1000000";
  return `{kind: openai, model: words, dimensions: 16, baseUrls: ["${server.baseUrl()}"], ${price}${options}}`;
}

function experimentOf(retrievers: string, matrix: string): string {
  return `version: 1\nname: small\nretrievers:\n${retrievers}\nmatrix: {dataset: [library], ${matrix}}\nmeasures: [nDCG@10]\n`;
}

/** Two seconds pass in every call of an encoder. */
async function labOf(name: string, experiment: string): Promise<Lab> {
  return await openLab(folder.path(name), { experiment, workspace: { clock: tickingClock(2_000) } });
}

const bodies = LIBRARY.corpus.map((document) => {
  const title = "title" in document ? document.title : "";
  return title === "" ? document.text : `${title} ${document.text}`;
});
const characters = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0);
const documentTokens = characters(bodies);
const queryTokens = characters(LIBRARY.queries.map(({ text }) => text));

describe("a run with vectors that are paid for", () => {
  it("is planned with its price, says what it cost, and teaches the plan how fast it is", async () => {
    const lab = await labOf(
      "paid",
      experimentOf(`  served: {kind: dense, encoder: ${servedEncoder()}}`, "retriever: [served]"),
    );
    const tokens = documentTokens + queryTokens;
    const planned = { toEncode: 6 + 3, tokens, usd: tokens };
    const before = await inspectPlan(lab.file, lab.workspace);
    expect(before.groups).toMatchObject([{ encoding: { ...planned, minutes: null } }]);
    expect(before.encoders).toMatchObject([{ tokenEstimate: "a token a character", throughput: null }]);

    const { run, reports } = await runLab(lab);
    // documents and queries are a call each
    const served = { requests: 2, tokens, unmetered: 0, usd: tokens };
    expect(run.encoding).toEqual([{ retriever: "served", texts: 9, tokens, seconds: 2 * 2, served }]);
    expect(reports.summary.slice(0, 2)).toEqual([
      "1 cell scored, 1 evaluated, 0 found finished; 9 texts encoded.",
      `served: 9 texts encoded, about ${tokens} tokens, in 4.0 s; 2 requests, ${tokens} tokens counted by the server, USD ${tokens}.0000.`,
    ]);
    expect(JSON.parse(reports.printed)).toMatchObject({ encoding: run.encoding });

    const after = await inspectPlan(lab.file, lab.workspace);
    expect(after.encoders).toMatchObject([{ throughput: { textsPerSecond: 9 / 4, tokensPerSecond: tokens / 4 } }]);
    expect(after).toMatchObject({ groups: [], total: null });
    // without its vectors and cells the same work takes the same time
    await rm(join(lab.workspace.cache, "vectors"), { recursive: true });
    await rm(lab.workspace.out, { recursive: true });
    const again = await inspectPlan(lab.file, lab.workspace);
    expect(again.groups).toMatchObject([{ encoding: planned }]);
    expect(again.groups[0]?.encoding?.minutes).toBeCloseTo(4 / 60, 12);
  });

  it("says what a failed one has spent", async () => {
    await server.behave({}, {}, { status: 400, message: "no" }, { status: 400, message: "no" });
    const experiment = experimentOf(`  served: {kind: dense, encoder: ${servedEncoder()}}`, "retriever: [served]");
    const lab = await labOf("failed", experiment);
    await expect(runLab(lab)).rejects.toMatchObject({ code: "REMOTE_REFUSED" });
    // the documents were encoded; the queries were refused, and so was the probe that looks whether they are the cause
    expect(lab.said.filter((line) => line.startsWith("served: "))).toEqual([
      `served: 6 texts encoded, about ${documentTokens} tokens, in 2.0 s; 3 requests, ${documentTokens} tokens counted by the server, USD ${documentTokens}.0000.`,
    ]);
    await server.behave({});
    expect((await inspectPlan(lab.file, lab.workspace)).encoders[0]?.throughput?.textsPerSecond).toBe(6 / 2);
  });

  it("does not fail when its speed cannot be kept, and says so", async () => {
    const experiment = experimentOf(`  served: {kind: dense, encoder: ${servedEncoder()}}`, "retriever: [served]");
    const lab = await labOf("speed", experiment);
    await mkdir(lab.workspace.cache);
    await writeFile(join(lab.workspace.cache, "throughput"), "in the way");
    expect((await runLab(lab)).work).toMatchObject({ scored: 1 });
    expect(lab.said).toEqual([expect.stringMatching(/^the speed of this run was not kept: .*throughput/)]);
  });

  it("keeps nothing of cost and time in the result", async () => {
    const experiment = experimentOf(`  served: {kind: dense, encoder: ${servedEncoder()}}`, "retriever: [served]");
    const lab = await labOf("result", experiment);
    const { run } = await runLab(lab);
    const result = await readFile(run.layout.resultFile, "utf8");
    const cached = { ...lab, workspace: { ...lab.workspace, out: join(lab.folder, "again") } };
    const second = await runLab(cached);
    expect(second.run.encoding).toEqual([]);
    expect(await readFile(second.run.layout.resultFile, "utf8")).toBe(result);
  });
});

describe("what retrievers and query sets share", () => {
  it("is planned and encoded once", async () => {
    const retrievers = [
      `  one: {kind: dense, encoder: ${servedEncoder()}}`,
      `  two: {kind: dense, encoder: ${servedEncoder(", batchSize: 2")}}`,
    ].join("\n");
    const queries = "queries: {rewritten: {path: rewritten.jsonl}}";
    const matrix = "retriever: [one, two], queries: [original, rewritten]";
    const lab = await labOf("shared", `${experimentOf(retrievers, matrix)}${queries}\n`);
    const [first] = LIBRARY.queries;
    const rewritten = LIBRARY.queries.map(({ _id }) => ({ _id, text: `${_id} in other words` }));
    const texts = [{ _id: "q1", text: first.text }, ...rewritten.slice(1)];
    await writeFile(join(lab.folder, "rewritten.jsonl"), texts.map((row) => `${JSON.stringify(row)}\n`).join(""));

    const { groups, total } = await inspectPlan(lab.file, lab.workspace);
    // q1 says the same in both sets
    const all = {
      texts: 6 + 3 + 3,
      vectors: 6 + 3 + 3,
      memoryBytes: (6 + 3) * 16 * 4,
      queries: ["original", "rewritten"],
    };
    expect(groups).toMatchObject([
      { ...all, retriever: "one", cached: 0, encoding: { toEncode: 6 + 3 + 2 } },
      { ...all, retriever: "two", cached: 0, encoding: { toEncode: 0, tokens: 0, minutes: 0, usd: 0 } },
    ]);
    expect(total?.usd).toBe(documentTokens + queryTokens + characters(rewritten.slice(1).map(({ text }) => text)));
    const { work, run } = await runLab(lab);
    expect(work.encoded).toBe(total?.toEncode);
    expect(run.encoding.map(({ served }) => served?.usd)).toEqual([total?.usd]);
  });
});

const form = z.strictObject({
  text: z.enum(["title+text", "text"]),
  template: z.string(),
  maxTokens: z.number().nullable(),
});
const figure = z.number().nullable();
const encoding = { toEncode: z.int(), tokens: z.int(), minutes: figure, usd: figure };

/** What `plan --format json` prints: scripts rely on it. */
const printedPlan = z.strictObject({
  // no scenario set is to be written here
  generations: z.array(z.unknown()).length(0),
  // nor is a query set to be expanded
  expansions: z.array(z.unknown()).length(0),
  name: z.string(),
  cells: z.array(
    z.strictObject({
      ...{ system: z.string(), dataset: z.string(), why: z.string() },
      forecast: z.enum(["hit", "partial", "run"]),
    }),
  ),
  encoders: z.array(
    z.strictObject({
      ...{ retriever: z.string(), dataset: z.string(), identity: z.looseObject({ kind: z.string() }) },
      storage: z.enum(["float32", "float16"]),
      forms: z.strictObject({ document: form, scenario: form, query: form }),
      origins: z.array(z.string()),
      tokenEstimate: z.string(),
      throughput: z.strictObject({ textsPerSecond: z.number(), tokensPerSecond: z.number() }).nullable(),
      served: z.boolean(),
      price: z
        .strictObject({ usdPerMillionTokens: z.number(), source: z.string(), date: z.string().nullable() })
        .nullable(),
    }),
  ),
  groups: z.array(
    z.strictObject({
      ...{ retriever: z.string(), dataset: z.string(), queries: z.array(z.string()) },
      ...{ texts: z.int(), cached: z.int(), vectors: z.int(), memoryBytes: z.int(), diskBytes: z.int() },
      encoding: z.strictObject(encoding).nullable(),
    }),
  ),
  total: z.strictObject({ ...encoding, withoutMinutes: z.int(), withoutUsd: z.int() }).nullable(),
});

async function planOf({ file, workspace }: Lab): Promise<z.output<typeof printedPlan>> {
  return printedPlan.parse(JSON.parse(JSON.stringify(await inspectPlan(file, workspace))));
}

describe("the plan as JSON", () => {
  it("has every figure, and nothing besides", async () => {
    const options = ', instructions: {query: "find: {text}"}';
    const retrievers = [
      `  served: {kind: dense, encoder: ${servedEncoder(options)}}`,
      "  local: {kind: dense, encoder: {kind: hashed, dimensions: 16}}",
    ].join("\n");
    const lab = await labOf("json", experimentOf(retrievers, "retriever: [bm25, served, local]"));
    const plan = await planOf(lab);
    const plain = { text: "text", template: "{text}", maxTokens: null };
    expect(plan.encoders.map(({ retriever, forms, price }) => ({ retriever, forms, price }))).toEqual([
      {
        retriever: "served",
        forms: {
          document: { ...plain, text: "title+text" },
          scenario: plain,
          query: { ...plain, template: "find: {text}" },
        },
        price: { usdPerMillionTokens: 1_000_000, source: "the run file", date: null },
      },
      {
        retriever: "local",
        forms: { document: { ...plain, text: "title+text" }, scenario: plain, query: plain },
        price: null,
      },
    ]);
    expect(plan.total).toMatchObject({ minutes: null, withoutMinutes: 2, withoutUsd: 0 });
    await runLab(lab);
    // encoders are shown when nothing is left to do, too
    expect(await planOf(lab)).toMatchObject({
      encoders: [{ retriever: "served" }, { retriever: "local" }],
      groups: [],
    });
  });

  it("names the source and date of a price of the table, and what of a text is read", async () => {
    const listed = `{kind: openai, model: text-embedding-3-small, dimensions: 16, baseUrls: ["https://api.openai.com/v1"]`;
    const experiment = experimentOf(
      `  listed: {kind: dense, encoder: ${listed}, maxTokens: 40, tooLong: truncate}}`,
      "retriever: [listed]",
    );
    const { encoders, groups } = await planOf(await labOf("listed", experiment));
    const source = "https://openai.com/index/new-embedding-models-and-api-updates/";
    expect(encoders[0]).toMatchObject({
      served: true,
      price: { usdPerMillionTokens: 0.02, source, date: "2024-01-25" },
    });
    expect(encoders[0]?.forms.document.maxTokens).toBe(40);
    const { tokens = 0, usd } = groups[0]?.encoding ?? {};
    expect(usd).toBe((tokens * 0.02) / 1e6);
  });

  it("tells that titles are left out where the policy says so", async () => {
    const local = "  local: {kind: dense, encoder: {kind: hashed, dimensions: 16}}";
    const experiment = `${experimentOf(local, "retriever: [local]")}policy: {docText: text}\n`;
    const lab = await labOf("titles", experiment);
    expect((await inspectPlan(lab.file, lab.workspace)).encoders[0]?.forms.document.text).toBe("text");
  });
});
