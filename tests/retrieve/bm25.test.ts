import { describe, expect, it } from "vitest";
import type { ViewCollection } from "../../harness/domain/view.ts";
import { layOutViews } from "../../harness/domain/view-layout.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { fc } from "../seeded-fast-check.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const services = retrieverServices();

const untitled = (...texts: string[]) => collection(texts);

async function scores(options: object, views: ViewCollection, ...queryTexts: string[]): Promise<(readonly number[])[]> {
  const opened = await createRetriever({ kind: "bm25", ...options }, services).open(searched(views));
  return (await scoreTexts(opened, views, named(queryTexts))).rows.map(({ scores }) => scores);
}

/** float32 in, float32 out */
function expectScores(found: readonly number[] | undefined, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [row, value] of expected.entries()) expect(found?.[row]).toBeCloseTo(value, 6);
}

describe("bm25", () => {
  it("scores idf times saturated frequency", async () => {
    // 3 texts of 2, 4 and 3 terms: mean 3; `cat` in 2 of them
    const [found] = await scores({ k1: 1, b: 0.5 }, untitled("cat dog", "cat cat cat bird", "fish fish dog"), "cats");
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    expectScores(found, [idf * (1 / (1 + 0.5 + 0.5 * (2 / 3))), idf * (3 / (3 + 0.5 + 0.5 * (4 / 3))), 0]);
  });

  it("sums the terms of a query, a repeated one as often as it stands there", async () => {
    const views = untitled("cat dog", "cat bird", "fish bird");
    const [cat, dog, both, repeated] = await scores({}, views, "cat", "dog", "cat dog", "cat, dog and cat");
    const at = (row: readonly number[] | undefined) => row?.[0] ?? Number.NaN;
    expect(at(both)).toBeCloseTo(at(cat) + at(dog), 6);
    expect(at(repeated)).toBeCloseTo(2 * at(cat) + at(dog), 6);
  });

  it("scores title and text as one field, or as two with their own statistics", async () => {
    const views = collection([
      { title: "cat", text: "dog bird" },
      { title: "", text: "cat" },
    ]);
    const [[flat], [apart]] = [
      await scores({ k1: 1, b: 1 }, views, "cat"),
      await scores({ k1: 1, b: 1, fields: "multifield" }, views, "cat"),
    ];
    // flat: 3 terms and 1, mean 2, `cat` in both
    const both = Math.log(1 + (2 - 2 + 0.5) / (2 + 0.5));
    expectScores(flat, [both * (1 / (1 + 3 / 2)), both * (1 / (1 + 1 / 2))]);
    // titles: one text has one, of 1 term; texts: 2 terms and 1, mean 1.5, `cat` in one
    const title = Math.log(1 + (1 - 1 + 0.5) / (1 + 0.5));
    const text = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
    expectScores(apart, [title * (1 / (1 + 1)), text * (1 / (1 + 1 / 1.5))]);
  });

  it("takes lengths as Lucene stores them, or as they are", async () => {
    const views = untitled(`cat ${"dog ".repeat(40)}`, "bird");
    const [[stored], [exact]] = [
      await scores({ k1: 1, b: 1 }, views, "cat"),
      await scores({ k1: 1, b: 1, lengths: "exact" }, views, "cat"),
    ];
    const idf = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
    // 41 terms, stored as 40; the mean is over what they are: (41 + 1) / 2
    expectScores(stored, [idf * (1 / (1 + 40 / 21)), 0]);
    expectScores(exact, [idf * (1 / (1 + 41 / 21)), 0]);
  });

  it("weights the query's terms by BM25 when asked to", async () => {
    const views = untitled("cat dog", "cat bird", "fish bird");
    const [[plain], [weighted]] = [
      await scores({ k1: 1, b: 0.5 }, views, "dog"),
      await scores({ k1: 1, b: 0.5, query: "bm25" }, views, "dog, dog, zebra"),
    ];
    const idf = Math.log(1 + (3 - 1 + 0.5) / (1 + 0.5));
    const boost = idf * (2 / (2 + 0.5 + 0.5 * (3 / 2)));
    expectScores(weighted, [(plain?.[0] ?? 0) * boost, 0, 0]);
  });

  it.each([
    ["a query without terms", ["cat"], "the of", [0]],
    ["texts without terms", ["", "the"], "cat", [0, 0]],
    ["an unknown term", ["cat"], "dog", [0]],
    ["no texts", [], "cat", []],
  ])("gives 0 for %s", async (_, texts, query, expected) => {
    for (const options of [{}, { fields: "multifield", query: "bm25" }]) {
      expect(await scores(options, untitled(...texts), query)).toEqual([expected]);
    }
  });

  it("leaves nothing of a query in the next, and names the rows that match", async () => {
    const views = untitled("cat", "dog");
    const opened = await createRetriever({ kind: "bm25" }, services).open(searched(views));
    const { rows } = await scoreTexts(opened, views, named(["cat", "dog", "cat dog", "bird"]));
    expect(rows.map(({ scores }) => scores.map((score) => score > 0))).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(rows.map(({ matched }) => matched?.toSorted())).toEqual([[0], [1], [0, 1], []]);
  });

  it("scores scenarios by their own statistics", async () => {
    const views = untitled("cat", "dog");
    const scenarios = untitled("cat", "cat", "cat");
    const layout = layOutViews({
      ties: Int32Array.of(0, 1),
      offsets: Int32Array.of(0, 3, 3),
      noise: new Uint8Array(3),
    });
    const opened = await createRetriever({ kind: "bm25" }, services).open(searched(views));
    const search = await opened.search({
      ...{ documents: views, ties: layout.ties, scenarios: { views: scenarios, layout } },
      ...{ queries: named(["cat"]), excluded: [new Int32Array()], questions: { scores: true } },
    });
    for await (const { scores: found } of search.answers) {
      expect([...(found?.scenario ?? [])]).toEqual((await scores({}, scenarios, "cat"))[0]);
      expect([...(found?.document ?? [])]).toEqual((await scores({}, views, "cat"))[0]);
    }
  });

  it("encodes nothing and knows roughly how much memory it takes", async () => {
    const views = untitled(...Array.from({ length: 1000 }, () => "cats chase dogs"));
    const opened = await createRetriever({ kind: "bm25" }, services).open(searched(views));
    const nothing = { cached: 0, toEncode: 0, tokens: 0, vectors: 0, diskBytes: 0 };
    const everything = { corpus: views, scenarioSets: [], querySets: [named(["cat"])], isNew: () => true };
    const dictionary = 44 * 3000 ** 0.49;
    const memoryBytes = Math.ceil(3000 * 24 + 1000 * (8 + 8) + dictionary * 100);
    expect(await opened.estimate(everything)).toEqual({ ...nothing, texts: 1001, memoryBytes });
    // an index for every scenario set; the corpus once, however many query sets there are
    const more = { ...everything, scenarioSets: [views], querySets: [named(["cat"]), named(["dogs", "cats"])] };
    expect(await opened.estimate(more)).toEqual({ ...nothing, texts: 2 * 1000 + 3, memoryBytes: 2 * memoryBytes });
  });

  it("stops when it is told to, and lets others run meanwhile", async () => {
    const views = untitled(...Array.from({ length: 1000 }, () => "cat"));
    const controller = new AbortController();
    const opened = await createRetriever({ kind: "bm25" }, services).open(searched(views));
    const scoring = scoreTexts(opened, views, [], { signal: controller.signal });
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(scoring).rejects.toThrow("enough");
  });

  it.each([{ k1: -1 }, { k1: Number.POSITIVE_INFINITY }, { b: 1.1 }, { fields: "all" }, { K1: 1 }])(
    "refuses %o",
    (options) => {
      expect(() => createRetriever({ kind: "bm25", ...options }, services)).toThrow(
        expect.objectContaining({ code: "SPEC_INVALID" }),
      );
    },
  );

  it("names every option in its identity, defaults too", async () => {
    const { identity } = await createRetriever({ kind: "bm25", b: 0.5 }, services).open(searched(collection([])));
    expect(identity).toMatchObject({ k1: 0.9, b: 0.5, fields: "flat", lengths: "lucene", query: "plain" });
  });

  it("gives the same scores whatever the order of texts and of query terms, above 0 exactly where a term matches", async () => {
    const word = fc.constantFrom("cat", "dog", "bird", "fish", "stone", "tree");
    const text = fc.array(word, { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), text, async (texts, query) => {
        const views = untitled(...texts.map((words) => words.join(" ")));
        const reversed = untitled(...texts.map((words) => words.join(" ")).reverse());
        const [[found], [other]] = [
          await scores({}, views, query.join(" ")),
          await scores({}, reversed, query.toReversed().join(" ")),
        ];
        expect(other?.toReversed()).toEqual(found);
        expect(found?.map((score) => score > 0)).toEqual(texts.map((words) => words.some((w) => query.includes(w))));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
