import { describe, expect, it } from "vitest";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import { type ChannelDoc, channels, request } from "./channels.ts";

const fuser = createChannelFuser({ kind: "spike-paper" });

/** `count` documents with ids of equal length, scores falling with the row. */
function corpus(count: number, scenario: (row: number) => number[]): ChannelDoc[] {
  return Array.from({ length: count }, (_, row) => ({
    id: `d${String(row).padStart(6, "0")}`,
    score: 1 - row / count,
    scenarios: scenario(row),
  }));
}

describe("spike-paper", () => {
  it("orders the two documents of the paper's method figure as the figure does", () => {
    const made = channels([
      { id: "D1", score: 0.6, scenarios: [0.3] },
      { id: "D2", score: 0.6, scenarios: [0.5, 0.8] },
    ]);
    const [hits = []] = fuser.sweep(made.scores, request(made));
    expect(hits.map(({ row }) => made.ids[row])).toEqual(["D2", "D1"]);
  });

  it("fuses in float32", () => {
    const made = channels([{ id: "a", score: 0.1, scenarios: [0.2] }]);
    const [hits = []] = fuser.sweep(made.scores, request(made, { alphas: [0.3] }));
    const expected = Math.fround(
      Math.fround(Math.fround(0.2) * Math.fround(0.7)) + Math.fround(Math.fround(0.1) * Math.fround(0.3)),
    );
    expect(hits[0]?.score).toBe(expected);
  });

  it("ranks only documents that both searches find: 300 documents deep, also at alpha 1", () => {
    const made = channels(corpus(400, () => [0.5]));
    const [hits = []] = fuser.sweep(made.scores, request(made, { alphas: [1], k: 1_000 }));
    expect(hits.length).toBe(300);
  });

  it("searches 15,000 documents deep for a query with exclusions, and excludes after the sort", () => {
    const made = channels(corpus(400, () => [0.5]));
    const [hits = []] = fuser.sweep(
      made.scores,
      request(made, { alphas: [1], k: 3, excluded: new Set([0, 2]), hasExclusions: true }),
    );
    expect(hits.map(({ row }) => row)).toEqual([1, 3, 4]);
    const [all = []] = fuser.sweep(
      made.scores,
      request(made, { alphas: [1], k: 1_000, excluded: new Set([0, 2]), hasExclusions: true }),
    );
    expect(all.length).toBe(398);
  });

  it("searches no deeper for a document that only the policy drops", () => {
    const made = channels(corpus(400, () => [0.5]));
    const [hits = []] = fuser.sweep(made.scores, request(made, { alphas: [1], k: 1_000, excluded: new Set([0]) }));
    expect(hits.length).toBe(299);
  });

  it("does not find what has nothing in common with the query, where a score of 0 says that", () => {
    const made = channels([
      { id: "a", score: 2, scenarios: [1] },
      { id: "b", score: 0, scenarios: [3] },
      { id: "c", score: 1, scenarios: [0] },
    ]);
    const [hits = []] = fuser.sweep(made.scores, request(made, { zeroMeansNoMatch: true }));
    expect(hits.map(({ row }) => made.ids[row])).toEqual(["a"]);
  });

  it("counts scenario rows, not documents, in the depth of 3,000", () => {
    // 20 scenarios each: the best 3,000 rows belong to the first 150 documents
    const made = channels(corpus(200, (row) => Array.from({ length: 20 }, () => 1 - row / 200)));
    const [hits = []] = fuser.sweep(made.scores, request(made, { k: 1_000 }));
    expect(hits.length).toBe(150);
  });

  it("breaks ties by doc id descending and indexes noise like any other scenario", () => {
    const made = channels([
      { id: "a", score: 0.5, scenarios: [0.5] },
      { id: "b", score: 0.5, scenarios: [0.5], noise: [0] },
    ]);
    const [hits = []] = fuser.sweep(made.scores, request(made));
    expect(hits.map(({ row }) => made.ids[row])).toEqual(["b", "a"]);
  });

  it("says in its notes that alpha 1 is not the base and that uncovered documents are lost", () => {
    expect(fuser.notes.length).toBe(2);
  });
});
