import { expect, it } from "vitest";
import { formatBytes, renderForecast } from "../../harness/report/forecast.ts";

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [41 * 2 ** 20, "41.0 MiB"],
  [3 * 2 ** 40, "3.0 TiB"],
])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it("shows every cell with its reason, and the work that is left", async () => {
  const text = await renderForecast({
    name: "small",
    cells: [
      { system: "bm25", dataset: "demo", forecast: "hit", why: "finished" },
      { system: "dense", dataset: "demo", forecast: "run", why: "not computed yet" },
    ],
    groups: [
      {
        retriever: "dense",
        queries: "original",
        dataset: "demo",
        texts: 12,
        toEncode: 10,
        vectors: 12,
        memoryBytes: 2_048,
        diskBytes: 1_024,
      },
    ],
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
  const row = (...cells: string[]) => new RegExp(`^.*${cells.join(".*")}.*$`, "m");
  expect(text).toMatch(row("demo", "bm25", "hit", "finished"));
  expect(text).toMatch(row("demo", "dense", "run", "not computed yet"));
  expect(text).toMatch(row("demo", "dense", "12", "10", "12", "2.0 KiB", "1.0 KiB"));
  expect(text).toMatch(row("demo", "own", "writer", "160", "158", "64,000", "105,070", "1.25"));
  expect(text.split("\n")[0]).toContain("1 hit, 0 partial, 1 to run");
});
