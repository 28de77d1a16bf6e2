import { describe, expect, it } from "vitest";
import { renderTable } from "../../harness/report/terminal-table.ts";

describe("renderTable", () => {
  it("draws thin borders, aligns columns and writes no colour codes", async () => {
    const rows = [
      ["bm25", "0.6650"],
      ["日本", "failed"],
    ];
    expect(await renderTable(["system", "nDCG@10\nbase"], rows, { align: ["left", "right"] })).toBe(
      [
        "┌────────┬─────────┐",
        "│ system │ nDCG@10 │",
        "│        │    base │",
        "├────────┼─────────┤",
        "│ bm25   │  0.6650 │",
        "│ 日本   │  failed │",
        "└────────┴─────────┘",
      ].join("\n"),
    );
  });

  it("aligns left what it is not told to align", async () => {
    expect(await renderTable(["ab"], [["c"]])).toContain("│ c  │");
  });

  it("shows control characters and marks without a shape, and keeps line ends", async () => {
    const table = await renderTable(["id"], [["a\u001b[2Jb\r\u202ec\nd"]]);
    expect(table).toContain("│ a [2Jb <U+202E>c │\n│ d                │");
  });
});
