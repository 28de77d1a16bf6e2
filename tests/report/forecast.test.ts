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
  });
  const row = (...cells: string[]) => new RegExp(`^.*${cells.join(".*")}.*$`, "m");
  expect(text).toMatch(row("demo", "bm25", "hit", "finished"));
  expect(text).toMatch(row("demo", "dense", "run", "not computed yet"));
  expect(text).toMatch(row("demo", "dense", "12", "10", "12", "2.0 KiB", "1.0 KiB"));
  expect(text.split("\n")[0]).toContain("1 hit, 0 partial, 1 to run");
});
