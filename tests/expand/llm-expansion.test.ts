import { writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { queryId } from "../../harness/domain/ids.ts";
import { createExpansion } from "../../harness/expand/registry.ts";
import { chatStandIn, noWaiting } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const server = chatStandIn();
const folder = temporaryFolder();
let journals = 0;

beforeEach(() => server.behave({ always: { text: "Here is a passage: Osmosis moves water." } }));

const queryOf = (text: string, at: number) => ({ id: queryId(`q${at}`), text, excluded: [] });

/** What the stand-in does to a query is said by a mark in it. */
const EVERY_OUTCOME = ["salt and water", "salt [refusal]", "salt [filter]", "salt [empty]", "salt [status 400]"].map(
  queryOf,
);

function lab(more: object = {}) {
  const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()], retries: 1 };
  const completions = folder.path(`journal-${journals++}`);
  const services = { completions, pause: noWaiting([]) };
  return createExpansion({ kind: "llm-qe", client, failureBudget: 1, ...more }, services);
}

const requestOf = (queries = EVERY_OUTCOME) => ({ datasetId: "demo", queries, folder: folder.path(".") });

describe("llmExpansion", () => {
  it("asks nothing to load, and does not load while texts are not generated", async () => {
    await expect(lab().load(requestOf())).rejects.toMatchObject({
      code: "NOT_GENERATED",
      where: "dataset `demo`",
      hint: expect.stringMatching(/`spikebench expand FILE`.*: 5 requests, about \d+ prompt tokens/),
    });
    expect(await server.log()).toEqual([]);
  });

  it("leaves a query as it is that was refused, filtered, emptied or turned away, and counts it", async () => {
    const expansion = lab();
    const totals = await expansion.generation?.generate(requestOf(), {});
    expect(totals).toMatchObject({ answered: 1, failed: 4, unanswered: 0, underWay: 0 });
    const { queries, coverage } = await expansion.load(requestOf());
    expect(coverage).toEqual({ queries: 5, expanded: 1, samples: 1, missing: 4, cut: 0, stripped: 1 });
    expect(queries.slice(1)).toEqual(EVERY_OUTCOME.slice(1));
    expect(queries[0]?.parts).toEqual([
      { text: "salt and water", weight: 0.5, role: "query" },
      { text: "Osmosis moves water.", weight: 0.5, role: "document" },
    ]);
  });

  it("asks no failure again unless it is told to, and then as a further attempt", async () => {
    const expansion = lab();
    await expansion.generation?.generate(requestOf(), {});
    await server.log();
    await expansion.generation?.generate(requestOf(), {});
    expect(await server.log()).toEqual([]);
    await expansion.generation?.generate(requestOf(), { retryFailed: true });
    // the mark of a status has the client try again by itself only where it passes
    expect(await server.log()).toHaveLength(4);
  });

  it("gets over servers that fail for a while", async () => {
    await server.behave({ always: { text: "Water moves." }, rules: [{ status: 500 }, { status: 503 }] });
    const expansion = lab({ client: { model: "writer", baseUrls: [server.baseUrl()], retries: 5 } });
    const queries = ["one", "two"].map(queryOf);
    await expansion.generation?.generate(requestOf(queries), {});
    expect((await expansion.load(requestOf(queries))).coverage).toMatchObject({ expanded: 2, missing: 0 });
  });

  it("expands by the samples that came, and counts those that did not", async () => {
    const rules = [{ text: "first" }, { text: "<think>never done" }, { text: "third" }];
    await server.behave({ rules });
    const client = { model: "writer", baseUrls: [server.baseUrl()], concurrency: 1 };
    const expansion = lab({ samples: 3, client });
    const queries = [queryOf("salt", 1)];
    await expansion.generation?.generate(requestOf(queries), {});
    const loaded = await expansion.load(requestOf(queries));
    expect(loaded.coverage).toMatchObject({ queries: 1, expanded: 1, samples: 3, missing: 1 });
    expect(loaded.queries[0]?.parts?.map(({ text, weight }) => [text, weight])).toEqual([
      ["salt", 0.5],
      ["first", 0.25],
      ["third", 0.25],
    ]);
  });

  it("uses a text that was cut at the token limit, and counts it", async () => {
    const expansion = lab();
    await server.behave({ always: { text: "A passage on rivers that goes on for quite a while and is cut." } });
    const queries = [queryOf("rivers [length]", 1)];
    await expansion.generation?.generate(requestOf(queries), {});
    expect((await expansion.load(requestOf(queries))).coverage).toMatchObject({ expanded: 1, cut: 1 });
  });

  it("sends a seed that differs by sample", async () => {
    const client = { model: "writer", baseUrls: [server.baseUrl()], seed: 5, concurrency: 1 };
    await lab({ samples: 3, client }).generation?.generate(requestOf([queryOf("salt", 1)]), {});
    expect((await server.log()).map((request) => request["seed"])).toEqual([5, 6, 7]);
  });

  it("asks for equal queries once", async () => {
    const expansion = lab();
    const queries = [queryOf("salt", 1), queryOf("salt", 2)];
    await expansion.generation?.generate(requestOf(queries), {});
    expect(await server.log()).toHaveLength(1);
    expect((await expansion.load(requestOf(queries))).coverage.expanded).toBe(2);
  });

  it("stops at its budgets", async () => {
    const price = { promptUsdPerMillion: 1e6, completionUsdPerMillion: 1e6 };
    const client = { model: "writer", baseUrls: [server.baseUrl()], concurrency: 1, price };
    const queries = Array.from({ length: 5 }, (_, n) => queryOf(`salt ${n}`, n));
    // a prompt alone is more than one token, and a token is a dollar
    const expansion = lab({ client, usdBudget: 1 });
    await expect(expansion.generation?.generate(requestOf(queries), {})).rejects.toMatchObject({
      code: "BUDGET_SPENT",
    });
    expect(await server.log()).toHaveLength(1);
    const hopeless = Array.from({ length: 30 }, (_, n) => queryOf(`[refusal] ${n}`, n));
    const strict = lab({ failureBudget: 0.5 });
    await expect(strict.generation?.generate(requestOf(hopeless), {})).rejects.toMatchObject({ code: "BUDGET_SPENT" });
  });

  it("estimates before the first answer by the longest that an answer may be, then by those that came", async () => {
    const expansion = lab({ client: { model: "writer", baseUrls: [server.baseUrl()], maxTokens: 100 } });
    const queries = [queryOf("one", 1), queryOf("two", 2)];
    const before = await expansion.generation?.estimate(requestOf(queries));
    expect(before).toMatchObject({ toAsk: 2, completionTokens: 2 * 100, answerLength: "limit" });
    await expansion.generation?.generate(requestOf(queries.slice(0, 1)), {});
    const text = "Here is a passage: Osmosis moves water.";
    expect(await expansion.generation?.estimate(requestOf(queries))).toMatchObject({
      ...{ kept: 1, toAsk: 1, answerLength: "measured" },
      // the stand-in counts a token for four characters
      completionTokens: Math.ceil(text.length / 4),
    });
  });

  it("takes a prompt from a file, to the byte, and is known by it", async () => {
    await writeFile(folder.path("mine.txt"), "{dataset}/{query}\n");
    const queries = [queryOf("salt", 1)];
    const own = lab();
    const mine = lab({ prompt: "mine.txt", datasetName: "Sea" });
    for (const expansion of [own, mine]) await expansion.generation?.generate(requestOf(queries), {});
    const [, asked] = await server.log();
    expect(asked?.messages).toEqual([{ role: "user", content: "Sea/salt\n" }]);
    const [first, second] = [await own.load(requestOf(queries)), await mine.load(requestOf(queries))];
    expect(first.promptSha256).not.toBe(second.promptSha256);
    await writeFile(folder.path("bad.txt"), "no place");
    await expect(lab({ prompt: "bad.txt" }).load(requestOf(queries))).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("refuses when there is a text for none of the queries, asked or recorded", async () => {
    const expansion = lab();
    const queries = [queryOf("[refusal]", 1)];
    await expansion.generation?.generate(requestOf(queries), {});
    await expect(expansion.load(requestOf(queries))).rejects.toMatchObject({ code: "DATA_INVALID" });
    await writeFile(folder.path("other.jsonl"), '{"_id": "elsewhere", "texts": ["a"]}\n');
    const replay = createExpansion({ kind: "hyde", client: { kind: "replay", path: "other.jsonl" } });
    await expect(replay.load(requestOf(queries))).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect((await replay.load({ ...requestOf(queries), partial: true })).coverage.expanded).toBe(0);
  });

  it("asks by the Batch API where that is said", async () => {
    const expansion = lab({ via: "batches", pollSeconds: 0 });
    const queries = ["one", "two"].map(queryOf);
    expect(await expansion.generation?.generate(requestOf(queries), {})).toMatchObject({ answered: 2, underWay: 0 });
    expect((await expansion.load(requestOf(queries))).coverage.expanded).toBe(2);
  });
});
