import { describe, expect, it } from "vitest";
import { createChannelFuser } from "../../harness/fuse/registry.ts";
import { type ChannelDoc, channels, request } from "./channels.ts";

type Options = Readonly<Record<string, unknown>>;

/** `id score` of the hits at one alpha. */
function fused(docs: readonly ChannelDoc[], alpha: number, options: Options = {}, zeroMeansNoMatch = false) {
  const made = channels(docs);
  const fuser = createChannelFuser({ kind: "weighted-sum", ...options });
  const [hits = []] = fuser.sweep(made.scores, request(made, { alphas: [alpha], zeroMeansNoMatch }));
  return hits.map(({ row, score }) => [made.ids[row], score]);
}

const DOCS: ChannelDoc[] = [
  { id: "a", score: 0.6, scenarios: [0.3] },
  { id: "b", score: 0.6, scenarios: [0.5, 0.8] },
  { id: "c", score: 0.65, scenarios: [] },
];

describe("weighted sum", () => {
  it("adds alpha times the document and the rest times the best scenario", () => {
    expect(fused(DOCS.slice(0, 2), 0.25)).toEqual([
      ["b", 0.25 * 0.6 + 0.75 * 0.8],
      ["a", 0.25 * 0.6 + 0.75 * 0.3],
    ]);
  });

  it("says what a score is made of, and which scenario fired", () => {
    const made = channels(DOCS);
    const [hits = []] = createChannelFuser({ kind: "weighted-sum" }).sweep(made.scores, request(made, { k: 2 }));
    expect(hits).toEqual([
      { row: 1, score: 0.7, documentScore: 0.6, scenario: { score: 0.8, row: 2 } },
      { row: 2, score: 0.65, documentScore: 0.65, scenario: undefined },
    ]);
  });

  it.each([
    {
      missingScenario: "document-only",
      alpha: 0,
      expected: [
        ["b", 0.8],
        ["c", 0.65],
        ["a", 0.3],
      ],
    },
    {
      missingScenario: "document-only",
      alpha: 1,
      expected: [
        ["c", 0.65],
        ["b", 0.6],
        ["a", 0.6],
      ],
    },
    {
      missingScenario: "zero",
      alpha: 0,
      expected: [
        ["b", 0.8],
        ["a", 0.3],
        ["c", 0],
      ],
    },
    {
      missingScenario: "zero",
      alpha: 1,
      expected: [
        ["c", 0.65],
        ["b", 0.6],
        ["a", 0.6],
      ],
    },
    {
      missingScenario: "drop",
      alpha: 0,
      expected: [
        ["b", 0.8],
        ["a", 0.3],
      ],
    },
    {
      missingScenario: "drop",
      alpha: 1,
      expected: [
        ["b", 0.6],
        ["a", 0.6],
      ],
    },
  ])("without a scenario, $missingScenario at alpha $alpha", ({ missingScenario, alpha, expected }) => {
    expect(fused(DOCS, alpha, { missingScenario })).toEqual(expected);
  });

  it("lets a document without scenarios outrank negative scores under `zero` at alpha 0", () => {
    const docs = [
      { id: "a", score: 1, scenarios: [-0.5] },
      { id: "b", score: 1, scenarios: [] },
    ];
    expect(fused(docs, 0, { missingScenario: "zero" })).toEqual([
      ["b", 0],
      ["a", -0.5],
    ]);
  });

  it.each([
    { aggregate: "max", expected: 0.9 },
    { aggregate: "mean", expected: (0.1 + 0.9 + 0.5) / 3 },
    { aggregate: "sum", expected: 0.1 + 0.9 + 0.5 },
    { aggregate: "topk-mean", topK: 2, expected: (0.5 + 0.9) / 2 },
    { aggregate: "topk-mean", topK: 9, expected: (0.1 + 0.5 + 0.9) / 3 },
  ])("aggregates by $aggregate", ({ expected, ...options }) => {
    const [hit] = fused([{ id: "a", score: 0, scenarios: [0.1, 0.9, 0.5] }], 0, options);
    expect(hit?.[1]).toBeCloseTo(expected, 12);
  });

  it("counts a document whose scenarios are all noise as one without, unless told otherwise", () => {
    const docs = [{ id: "a", score: 0.2, scenarios: [0.9], noise: [0] }];
    expect(fused(docs, 0)).toEqual([["a", 0.2]]);
    expect(fused(docs, 0, { noise: "as-scenario" })).toEqual([["a", 0.9]]);
  });

  it("normalises each channel over the documents that take part", () => {
    const docs = [
      { id: "a", score: 10, scenarios: [0.2] },
      { id: "b", score: 20, scenarios: [0.6] },
      { id: "c", score: 30, scenarios: [] },
    ];
    // documents become 0, 0.5, 1; scenarios 0 and 1
    expect(fused(docs, 0.5, { normalize: "minmax" })).toEqual([
      ["c", 1],
      ["b", 0.5 * 0.5 + 0.5 * 1],
      ["a", 0],
    ]);
    const z = Math.sqrt(((10 - 20) ** 2 + 0 + (30 - 20) ** 2) / 3);
    expect(fused(docs, 1, { normalize: "z" })).toEqual([
      ["c", 10 / z],
      ["b", 0],
      ["a", -10 / z],
    ]);
  });

  it("turns a channel of equal scores into zeros when normalising", () => {
    const docs = [
      { id: "a", score: 3, scenarios: [1] },
      { id: "b", score: 3, scenarios: [1] },
    ];
    expect(fused(docs, 0.5, { normalize: "z" })).toEqual([
      ["b", 0],
      ["a", 0],
    ]);
  });

  describe("candidates", () => {
    const docs = [
      { id: "a", score: 0.9, scenarios: [0.1] },
      { id: "b", score: 0.5, scenarios: [0.6] },
      { id: "c", score: 0.1, scenarios: [0.9, 0.8] },
    ];
    const depth = { document: 2, scenario: 2 };

    it("of the union have both channels exact", () => {
      expect(fused(docs, 0.5, { candidates: "union", depth }).map(([id]) => id)).toEqual(["b", "c", "a"]);
    });
    it("of the intersection are in both lists; scenario depth counts scenarios, not documents", () => {
      expect(fused(docs, 0.5, { candidates: "intersection", depth })).toEqual([]);
      expect(fused(docs, 0.5, { candidates: "intersection", depth: { document: 2, scenario: 3 } })).toEqual([
        ["b", 0.5 * 0.5 + 0.5 * 0.6],
      ]);
    });
    it("need a depth, and a depth needs them", () => {
      const invalid = expect.objectContaining({ code: "SPEC_INVALID" });
      expect(() => fused(docs, 0.5, { candidates: "union" })).toThrow(invalid);
      expect(() => fused(docs, 0.5, { depth })).toThrow(invalid);
    });
    it("leave excluded documents out before the lists are cut", () => {
      const made = channels(docs);
      const fuser = createChannelFuser({
        kind: "weighted-sum",
        candidates: "union",
        depth: { document: 1, scenario: 1 },
      });
      const [hits = []] = fuser.sweep(made.scores, request(made, { excluded: new Set([0, 2]) }));
      expect(hits.map(({ row }) => row)).toEqual([1]);
    });
  });

  describe("of a retriever whose zero means no match", () => {
    const docs = [
      { id: "a", score: 2, scenarios: [0] },
      { id: "b", score: 0, scenarios: [3] },
      { id: "c", score: 0, scenarios: [0] },
      { id: "d", score: 1, scenarios: [] },
      { id: "e", score: 0, scenarios: [] },
    ];
    it.each([
      { alpha: 1, ids: ["a", "d"] },
      { alpha: 0, ids: ["b", "d"] },
      { alpha: 0.5, ids: ["b", "d", "a"] },
    ])("returns at alpha $alpha only what a channel with weight has matched", ({ alpha, ids }) => {
      expect(fused(docs, alpha, {}, true).map(([id]) => id)).toEqual(ids);
    });
  });
});
