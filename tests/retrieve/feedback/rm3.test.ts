import { describe, expect, it } from "vitest";
import { createTermFeedback } from "../../../harness/retrieve/feedback/registry.ts";
import type { FeedbackDocument, TermFeedback } from "../../../harness/retrieve/feedback/types.ts";
import type { QueryTerm } from "../../../harness/retrieve/query-terms.ts";
import { fc } from "../../seeded-fast-check.ts";

const rm3 = (options: object = {}): TermFeedback => createTermFeedback({ kind: "rm3", ...options });

const QUERY: readonly QueryTerm[] = [
  { term: "cat", boost: 2 },
  { term: "dog", boost: 1 },
];
const DOCUMENTS: readonly FeedbackDocument[] = [
  {
    score: 3,
    terms: [
      { term: "cat", count: 3 },
      { term: "fish", count: 1 },
    ],
  },
  { score: 1, terms: [{ term: "bird", count: 2 }] },
];

function weights(query: readonly QueryTerm[]): Readonly<Record<string, number>> {
  return Object.fromEntries(query.map(({ term, boost }) => [term, boost]));
}

describe("rm3", () => {
  it("mixes the query with the documents' terms, each document weighted by its score", () => {
    // shares of the documents: cat 3/4 and fish 1/4 of the first, bird all of the second; times 3 and 1, of 4 in all
    const model = { cat: ((3 / 4) * 3) / 4, fish: ((1 / 4) * 3) / 4, bird: 1 / 4 };
    // the query has a sum of 3
    const found = weights(rm3({ weight: 0.6 }).expand(QUERY, DOCUMENTS));
    expect(Object.keys(found)).toEqual(["cat", "dog", "bird", "fish"]);
    expect(found["cat"]).toBeCloseTo(0.6 * 2 + 0.4 * 3 * model.cat, 12);
    expect(found["dog"]).toBeCloseTo(0.6 * 1, 12);
    expect(found["fish"]).toBeCloseTo(0.4 * 3 * model.fish, 12);
    expect(found["bird"]).toBeCloseTo(0.4 * 3 * model.bird, 12);
  });

  it("cuts the model before it is scaled, equally heavy terms by their order", () => {
    // cat 9/4, bird 1, fish 3/4: the two that stay are scaled to a sum of 1
    const found = weights(rm3({ weight: 0, terms: 2 }).expand(QUERY, DOCUMENTS));
    expect(found["cat"]).toBeCloseTo((3 * (9 / 4)) / (9 / 4 + 1), 12);
    expect(found["bird"]).toBeCloseTo((3 * 1) / (9 / 4 + 1), 12);
    expect(Object.keys(found)).toEqual(["cat", "bird"]);
    const equal = ["b", "a", "c"].map((term) => ({ term, count: 1 }));
    const cut = rm3({ weight: 0, terms: 2 }).expand(QUERY, [{ score: 1, terms: equal }]);
    expect(cut.map(({ term }) => term)).toEqual(["a", "b"]);
  });

  it("leaves the query as it is without documents, without terms in them, and at weight 1", () => {
    expect(rm3().expand(QUERY, [])).toEqual(QUERY);
    expect(rm3().expand(QUERY, [{ score: 1, terms: [] }])).toEqual(QUERY);
    expect(rm3({ weight: 1 }).expand(QUERY, DOCUMENTS)).toEqual(QUERY);
  });

  it("takes nothing from a document without terms", () => {
    const empty: FeedbackDocument = { score: 100, terms: [] };
    expect(rm3().expand(QUERY, [empty, ...DOCUMENTS])).toEqual(rm3().expand(QUERY, DOCUMENTS));
  });

  it.each([
    ["cat", 0.1, true],
    ["cat", 0.11, false],
    ["c4", 0.01, true],
    ["c", 0.01, false],
    ["a".repeat(20), 0.01, true],
    ["a".repeat(21), 0.01, false],
    ["caf\u00e9", 0.01, false],
    ["node.j", 0.01, false],
  ])("says of the term %s in a share of %d of the documents: %s", (term, share, admitted) => {
    expect(rm3().admits(term, share)).toBe(admitted);
  });

  it("admits any letters and frequent terms when told to", () => {
    expect(rm3({ filterTerms: false }).admits("caf\u00e9", 0.1)).toBe(true);
    expect(rm3({ maxDocumentShare: 1 }).admits("cat", 1)).toBe(true);
  });

  it("keeps the sum of the query's weights, and none of them at or below 0", () => {
    const term = fc.constantFrom("ant", "bee", "cow", "dog", "elk", "fox");
    const counts = fc.uniqueArray(fc.record({ term, count: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ term }) => term,
    });
    const document = fc.record({ score: fc.double({ min: 0.01, max: 50, noNaN: true }), terms: counts });
    const query = fc.uniqueArray(fc.record({ term, boost: fc.integer({ min: 1, max: 5 }) }), {
      selector: ({ term }) => term,
      minLength: 1,
    });
    const sum = (terms: readonly QueryTerm[]) => terms.reduce((total, { boost }) => total + boost, 0);
    fc.assert(
      fc.property(query, fc.array(document), fc.double({ min: 0, max: 1, noNaN: true }), (asked, documents, weight) => {
        const expanded = rm3({ weight, terms: 3 }).expand(asked, documents);
        expect(sum(expanded)).toBeCloseTo(sum(asked), 9);
        expect(expanded.every(({ boost }) => boost > 0)).toBe(true);
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});
