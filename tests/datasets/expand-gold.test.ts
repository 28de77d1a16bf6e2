import { describe, expect, it } from "vitest";
import { expandGold } from "../../harness/datasets/expand-gold.ts";
import { datasetOf, plainQrels } from "./in-memory.ts";

const TEXTS = { a: "same text", b: " same text\n", c: "other", d: "same text", e: "", f: "" };

describe("expandGold", () => {
  it("judges every document of a relevant one's text, white space aside, as relevant", async () => {
    const expanded = await expandGold(datasetOf(TEXTS, { q: { a: 2 }, r: { c: 1 } }));
    expect(plainQrels(expanded)).toEqual({ q: { a: 2, b: 2, d: 2 }, r: { c: 1 } });
    expect(expanded.notes).toEqual([expect.stringMatching(/^2 /)]);
  });

  it("keeps what is judged or excluded, and takes the highest of several grades", async () => {
    const expanded = await expandGold(datasetOf(TEXTS, { q: { a: 1, b: 0 }, r: { a: 1, b: 3 } }, { q: ["d"] }));
    expect(plainQrels(expanded)).toEqual({ q: { a: 1, b: 0 }, r: { a: 1, b: 3, d: 3 } });
  });

  it("holds no two empty documents for alike, and expands nothing that is not relevant", async () => {
    expect(plainQrels(await expandGold(datasetOf(TEXTS, { q: { e: 1 }, r: { a: 0 } })))).toEqual({
      q: { e: 1 },
      r: { a: 0 },
    });
  });
});
