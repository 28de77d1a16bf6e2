import { describe, expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import type { TrainingQuestion } from "../../harness/training/choose-questions.ts";
import { pairOf } from "../../harness/training/preference-pairs.ts";

const question: TrainingQuestion = {
  id: "q1",
  query: { id: queryId("q1"), text: "why?", excluded: [] },
  positive: { id: docId("d1"), row: 0, text: "because" },
  relevant: Int32Array.of(0),
  excluded: new Int32Array(),
};
const pool = { question, texts: ["a", "b", "c"], answer: "x" };
const similarities = { positive: Float64Array.of(0.1, 0.4, 0.3), answer: Float64Array.of(0.5, 0.1, 0.3) };

describe("pairOf", () => {
  it("prefers by the sum of both reciprocal ranks", () => {
    // ranks by the gold document 3, 1, 2 and by the answer 1, 3, 2
    const both = pairOf(
      pool,
      { similarities, inCorpus: undefined },
      { rewards: ["rank", "answer"], minSimilarity: 0.6 },
    );
    expect(both).toMatchObject({
      ...{ id: "q1", query: "why?", positive: "d1", candidates: 3 },
      chosen: "a", // 1 / 3 + 1 / 1, as b, which comes later
      rejected: "c", // 1 / 2 + 1 / 2
      rewards: { chosen: 1 / 3 + 1, rejected: 1 / 2 + 1 / 2 },
      similarity: 0.3 + 0.3, // the greatest of 0.6, 0.5 and 0.6
    });
  });

  it.each([
    { rewards: ["rank"] as const, chosen: "b", rejected: "a" },
    { rewards: ["answer"] as const, chosen: "a", rejected: "b" },
  ])("prefers by $rewards alone", ({ rewards, chosen, rejected }) => {
    const pair = pairOf(pool, { similarities, inCorpus: undefined }, { rewards, minSimilarity: "off" });
    expect(pair).toMatchObject({ chosen, rejected });
  });

  it("takes rewards of the whole corpus as they are", () => {
    const inCorpus = Float64Array.of(1 / 7, 0, 1 / 2);
    const pair = pairOf(pool, { similarities: undefined, inCorpus }, { rewards: ["qrels"], minSimilarity: "off" });
    expect(pair).toMatchObject({
      chosen: "c",
      rejected: "b",
      rewards: { chosen: 1 / 2, rejected: 0 },
      similarity: undefined,
    });
  });

  it("keeps a query whose greatest sum reaches the limit, and drops it below", () => {
    const findings = { similarities, inCorpus: undefined };
    expect(pairOf(pool, findings, { rewards: ["rank"], minSimilarity: 0.1 + 0.5 })).toMatchObject({ chosen: "b" });
    expect(pairOf(pool, findings, { rewards: ["rank"], minSimilarity: 0.61 })).toBe("below the similarity");
  });

  it("has no preference where all are rewarded alike", () => {
    const inCorpus = Float64Array.of(0, 0, 0);
    expect(pairOf(pool, { similarities: undefined, inCorpus }, { rewards: ["qrels"], minSimilarity: "off" })).toBe(
      "no preference",
    );
  });
});
