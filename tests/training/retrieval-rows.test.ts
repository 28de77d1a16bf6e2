import { describe, expect, it } from "vitest";
import { flagEmbeddingRow, sentenceTransformersRow } from "../../harness/training/retrieval-rows.ts";
import { expectFormat } from "./format-schemas.ts";

const EXAMPLE = { anchor: "why?", positive: "because", negatives: ["no", "never"] };

describe("flagEmbeddingRow", () => {
  it("lists positives and negatives", () => {
    expect(flagEmbeddingRow(EXAMPLE)).toEqual({ query: "why?", pos: ["because"], neg: ["no", "never"] });
    expectFormat("flagEmbedding", [flagEmbeddingRow(EXAMPLE)]);
  });
});

describe("sentenceTransformersRow", () => {
  it("has a column for every negative, the order of columns being their meaning", () => {
    expect(Object.entries(sentenceTransformersRow(EXAMPLE))).toEqual([
      ["anchor", "why?"],
      ["positive", "because"],
      ["negative_1", "no"],
      ["negative_2", "never"],
    ]);
  });
});
