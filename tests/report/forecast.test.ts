import { expect, it } from "vitest";
import type { EncoderForecast, GroupForecast } from "../../harness/domain/forecast.ts";
import { formatBytes, renderForecast } from "../../harness/report/forecast.ts";

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [41 * 2 ** 20, "41.0 MiB"],
  [3 * 2 ** 40, "3.0 TiB"],
])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

const PLAIN = { text: "text", template: "{text}", maxTokens: null } as const;

const encoder: EncoderForecast = {
  ...{ retriever: "dense", dataset: "demo", identity: "words", storage: "float32" },
  forms: {
    document: { text: "title+text", template: "passage: {text}", maxTokens: 512 },
    scenario: PLAIN,
    query: { text: "text", template: 'Instruct: "find"\nQuery: {text}', maxTokens: 64 },
  },
  origins: ["preset words"],
  tokenEstimate: "4 characters a token",
  throughput: { textsPerSecond: 1, tokensPerSecond: 50 },
  served: true,
  price: { usdPerMillionTokens: 2, source: "the run file", date: null },
};

const group: GroupForecast = {
  ...{ retriever: "dense", dataset: "demo", queries: ["original", "rewritten"] },
  ...{ texts: 12, cached: 2, vectors: 12, memoryBytes: 2_048, diskBytes: 1_024 },
  encoding: { toEncode: 10, tokens: 9_000, minutes: 3, usd: 0.018 },
};

const total = { toEncode: 10, tokens: 9_000, minutes: 3, usd: 0.018, withoutMinutes: 0, withoutUsd: 0 };
const row = (...cells: string[]) => new RegExp(`^.*${cells.join(" .*")} .*$`, "m");

it("shows every cell with its reason, and the work that is left", async () => {
  const text = await renderForecast({
    name: "small",
    cells: [
      { system: "bm25", dataset: "demo", forecast: "hit", why: "finished" },
      { system: "dense", dataset: "demo", forecast: "run", why: "not computed yet" },
    ],
    ...{ encoders: [encoder], groups: [group], total },
    expansions: [],
    generations: [
      {
        scenarios: "own",
        dataset: "demo",
        model: "writer",
        documents: 160,
        kept: 0,
        toAsk: 158,
        truncated: 0,
        promptTokens: 64_000,
        completionTokens: 105_070,
        answerLength: "assumed",
        spentUsd: 0,
        usd: 1.25,
        seconds: undefined,
      },
    ],
  });
  expect(text).toMatch(row("demo", "bm25", "hit", "finished"));
  expect(text).toMatch(row("demo", "dense", "run", "not computed yet"));
  expect(text).toMatch(row("demo", "dense", "original, rewritten", "12", "12", "2.0 KiB", "1.0 KiB"));
  expect(text).toMatch(row("demo", "dense", "10", "9000", "3.0", "0.0180"));
  expect(text).toMatch(row("demo", "own", "writer", "160", "158", "64,000", "105,070", "1.25"));
  expect(text.split("\n")[0]).toBe("small: 2 cells, 1 hit, 0 partial, 1 to run");
});

it("shows how texts are put before encoders, and what the figures rest on", async () => {
  const elsewhere = { ...encoder, dataset: "other" };
  const text = await renderForecast({
    ...{
      name: "small",
      cells: [],
      encoders: [encoder, elsewhere],
      groups: [group],
      total,
      generations: [],
      expansions: [],
    },
  });
  expect(text).toMatch(row("dense", "demo, other", "document", "passage: {title} {text}", "512"));
  expect(text).toMatch(row("dense", "demo, other", "scenario", "{text}", "–"));
  expect(text).toMatch(row("dense", "demo, other", "query", 'Instruct: "find"\\\\nQuery: {text}', "64"));
  expect(text.split("\n")).toEqual(
    expect.arrayContaining([
      "dense: preset words",
      "Tokens of dense: 4 characters a token.",
      "Minutes: at the speed that earlier runs had here.",
      "Price of dense: USD 2 a million tokens, the run file.",
    ]),
  );
});

it("sums over groups, and says of how many it does not know the figure", async () => {
  const unknown = { ...group, retriever: "local", encoding: { toEncode: 5, tokens: 100, minutes: null, usd: null } };
  const text = await renderForecast({
    ...{ name: "small", cells: [], encoders: [], groups: [group, unknown] },
    total: { ...total, toEncode: 15, tokens: 9_100, withoutMinutes: 1, withoutUsd: 1 },
    generations: [],
    expansions: [],
  });
  expect(text).toMatch(row("demo", "local", "5", "100", "unknown until a first run", "n/a"));
  expect(text).toMatch(row("all", "15", "9100", "3.0 \\+ unknown of 1", "0.0180 \\+ unknown of 1"));
});

it.each([
  { minutes: 0, usd: 0, shown: ["0.0", "0.0000"] },
  { minutes: 0.04, usd: 0.00001, shown: ["< 0.1", "< 0.0001"] },
  { minutes: 125.26, usd: 12.34567, shown: ["125.3", "12.3457"] },
])("writes $minutes minutes and $usd USD", async ({ minutes, usd, shown }) => {
  const own = { ...group, encoding: { toEncode: 10, tokens: 9_000, minutes, usd } };
  const text = await renderForecast({
    name: "small",
    cells: [],
    encoders: [],
    groups: [own],
    total,
    generations: [],
    expansions: [],
  });
  expect(text).toMatch(row("dense", "10", "9000", ...shown));
});

it("says nothing of encoders where there are none", async () => {
  const lexical = { ...group, encoding: null };
  const text = await renderForecast({
    name: "small",
    cells: [],
    encoders: [],
    groups: [lexical],
    total: null,
    generations: [],
    expansions: [],
  });
  expect(text).not.toMatch(/encode/);
});
