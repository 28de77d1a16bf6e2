import { describe, expect, it } from "vitest";
import { estimateFeedbackBytes, feedbackDocuments } from "../../harness/retrieve/feed-back-terms.ts";
import { createTermFeedback } from "../../harness/retrieve/feedback/registry.ts";
import { createIndex, createIndexBuilder, type InvertedIndex } from "../../harness/retrieve/inverted-index.ts";

const TEXTS = ["cat cat dog ant", "cat dog dog dog", "bee", "", "cat bee bee ant"];

function indexOf(texts: readonly string[]): InvertedIndex {
  const builder = createIndexBuilder();
  for (const text of texts) builder.add(text.split(" ").filter(Boolean));
  return createIndex(builder.finish());
}

/** Every row of these scores matches; a tie goes to the lower row. */
function ask(
  scores: readonly number[],
  more: { readonly excluded?: readonly number[]; readonly options?: object } = {},
) {
  const feedback = createTermFeedback({ kind: "rm3", maxDocumentShare: 1, documents: 2, ...more.options });
  const matched = Int32Array.from(scores.keys()).filter((row) => (scores[row] ?? 0) > 0);
  return feedbackDocuments(feedback, {
    index: indexOf(TEXTS),
    score: () => ({ scores: Float64Array.from(scores), matched }),
    queries: [[]],
    ties: Int32Array.from(scores.keys()),
    excluded: [Int32Array.from(more.excluded ?? [])],
  });
}

describe("feedbackDocuments", () => {
  it("finds the best documents and their most frequent terms, equals by their order", async () => {
    const [found] = await ask([1, 5, 0, 0, 3], { options: { terms: 2 } });
    expect(found).toEqual([
      {
        score: 5,
        terms: [
          { term: "dog", count: 3 },
          { term: "cat", count: 1 },
        ],
      },
      {
        score: 3,
        terms: [
          { term: "bee", count: 2 },
          { term: "ant", count: 1 },
        ],
      },
    ]);
  });

  it("passes over documents that may not be returned, and takes fewer where fewer match", async () => {
    expect((await ask([1, 5, 0, 0, 3], { excluded: [1] }))[0]?.map(({ score }) => score)).toEqual([3, 1]);
    expect((await ask([1, 5, 0, 0, 3], { excluded: [1, 4] }))[0]?.map(({ score }) => score)).toEqual([1]);
    expect((await ask([0, 0, 0, 0, 0]))[0]).toEqual([]);
  });

  it("counts a term's share among the documents that hold any term", async () => {
    // four texts are not empty: dog is in 2 of them, cat in 3
    const [found] = await ask([1, 0, 0, 0, 0], { options: { maxDocumentShare: 2 / 4 } });
    expect(found?.[0]?.terms.map(({ term }) => term)).toEqual(["ant", "dog"]);
  });

  it("does not depend on the order in which texts brought their terms", async () => {
    const feedback = createTermFeedback({ kind: "rm3", maxDocumentShare: 1, terms: 2 });
    const answer = (texts: readonly string[]) =>
      feedbackDocuments(feedback, {
        index: indexOf(texts),
        score: () => ({ scores: Float64Array.of(0, 1), matched: Int32Array.of(1) }),
        ...{ queries: [[]], ties: Int32Array.of(0, 1), excluded: [new Int32Array()] },
      });
    expect(await answer(["a b c", "a b c"])).toEqual(await answer(["c b a", "c b a"]));
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort();
    const feedback = createTermFeedback({ kind: "rm3" });
    const task = { index: indexOf(TEXTS), ties: new Int32Array(5), excluded: [], queries: [], signal };
    const score = () => ({ scores: new Float64Array(5), matched: new Int32Array() });
    await expect(feedbackDocuments(feedback, { ...task, score })).rejects.toBe(signal.reason);
  });
});

describe("estimateFeedbackBytes", () => {
  it("reckons with a byte a document and the terms of those that can feed back", () => {
    const feedback = createTermFeedback({ kind: "rm3", documents: 10, terms: 20 });
    expect(estimateFeedbackBytes(feedback, { documents: 5000, queries: 3 })).toBe(5000 + 3 * 10 * 20 * 48);
    expect(estimateFeedbackBytes(feedback, { documents: 7, queries: 3 })).toBe(7 + 7 * 20 * 48);
  });
});
