import { describe, expect, it } from "vitest";
import { checkFragment } from "../../harness/component.ts";
import type { ViewCollection } from "../../harness/domain/view.ts";
import { layOutViews } from "../../harness/domain/view-layout.ts";
import { createRetriever, retrievers } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { fc } from "../seeded-fast-check.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const RM3 = { kind: "rm3", maxDocumentShare: 1 };
const VIEWS = collection(["cat purr", "cat purr milk", "milk cow", "stone"]);

function open(options: object, views: ViewCollection = VIEWS) {
  return createRetriever({ kind: "bm25", ...options }, retrieverServices()).open(searched(views));
}

async function scores(options: object, query: string, excluded: readonly number[] = []) {
  const more = { excluded: [Int32Array.from(excluded)] };
  return (await scoreTexts(await open(options), VIEWS, named([query]), more)).rows[0];
}

describe("bm25 with feedback", () => {
  it("is the query of more terms: each weighs what the first search made of it", async () => {
    const found = await scores({ feedback: { ...RM3, documents: 1, weight: 0.5 } }, "cat");
    // the shorter of the first two texts is first; it gives half of the weight to cat and purr, a half each
    const [cat, purr] = [await scores({}, "cat"), await scores({}, "purr")];
    for (const [row, score] of found?.scores.entries() ?? []) {
      expect(score).toBeCloseTo(0.75 * (cat?.scores[row] ?? 0) + 0.25 * (purr?.scores[row] ?? 0), 6);
    }
  });

  it("finds documents without a term of the query", async () => {
    expect((await scores({}, "purr"))?.matched?.toSorted()).toEqual([0, 1]);
    const feedback = { ...RM3, documents: 2 };
    expect((await scores({ feedback }, "purr"))?.matched?.toSorted()).toEqual([0, 1, 2]);
  });

  it("lets no document feed back that may not be returned", async () => {
    // `milk` comes from row 1 alone
    const feedback = { ...RM3, documents: 2 };
    expect((await scores({ feedback }, "purr", [1]))?.matched?.toSorted()).toEqual([0, 1]);
  });

  it("leaves a query that matches nothing as it is", async () => {
    expect(await scores({ feedback: RM3 }, "zebra")).toEqual({ scores: [0, 0, 0, 0], matched: [] });
    const empty = collection([]);
    expect((await scoreTexts(await open({ feedback: RM3 }, empty), empty, named(["cat"]))).rows).toEqual([
      { scores: [], matched: [] },
    ]);
  });

  it("scores scenarios by the new query too, which they do not change", async () => {
    const scenarios = collection(["milk", "zebra", "zebra", "zebra"]);
    const layout = layOutViews({
      ties: Int32Array.of(0, 1, 2, 3),
      offsets: Int32Array.of(0, 1, 2, 3, 4),
      noise: new Uint8Array(4),
    });
    const opened = await open({ feedback: { ...RM3, documents: 2 } });
    const search = await opened.search({
      ...{ documents: VIEWS, ties: layout.ties, scenarios: { views: scenarios, layout } },
      ...{ queries: named(["purr"]), excluded: [new Int32Array()], questions: { scores: true } },
    });
    const alone = await scores({ feedback: { ...RM3, documents: 2 } }, "purr");
    for await (const { scores: found } of search.answers) {
      expect([...(found?.document ?? [])]).toEqual(alone?.scores);
      expect([...(found?.scenario ?? [])].map((score) => score > 0)).toEqual([true, false, false, false]);
    }
  });

  it("takes terms of the text where titles are a field of their own, and asks both fields", async () => {
    const views = collection([
      { title: "zebra", text: "cat milk" },
      { title: "milk", text: "stone" },
      { title: "zebra", text: "cow" },
    ]);
    const opened = await open({ fields: "multifield", feedback: RM3 }, views);
    const { rows } = await scoreTexts(opened, views, named(["cat"]));
    expect(rows[0]?.matched?.toSorted()).toEqual([0, 1]);
  });

  it("is known by its feedback, defaults too, and as before without one", async () => {
    const identityOf = async (options: object) => (await open(options)).identity;
    expect(await identityOf({ feedback: { kind: "rm3" } })).toEqual(
      await identityOf({ feedback: { kind: "rm3", terms: 10 } }),
    );
    expect(await identityOf({ feedback: { kind: "rm3", terms: 11 } })).not.toEqual(
      await identityOf({ feedback: { kind: "rm3" } }),
    );
    expect(JSON.stringify(await identityOf({}))).not.toContain("feedback");
  });

  it("estimates the memory of the terms that feed back", async () => {
    const request = { corpus: VIEWS, scenarioSets: [], querySets: [named(["cat", "dog"])], isNew: () => true };
    const plain = await (await open({})).estimate(request);
    const more = await (await open({ feedback: { kind: "rm3", documents: 1, terms: 5 } })).estimate(request);
    expect(more).toEqual({ ...plain, memoryBytes: plain.memoryBytes + 4 + 2 * 1 * 5 * 48 });
  });

  it.each([{ kind: "average" }, { kind: "rm4" }, { kind: "rm3", documents: 0 }, "rm3"])(
    "refuses the feedback %o when the run file is checked",
    (feedback) => {
      expect(() => checkFragment("retriever", retrievers, { kind: "bm25", feedback }, { where: "a.yaml:1:1" })).toThrow(
        expect.objectContaining({ code: "SPEC_INVALID", where: "a.yaml:1:1" }),
      );
    },
  );

  it("is BM25 to the last bit at weight 1, and never feeds back what is excluded", async () => {
    const word = fc.constantFrom("cat", "dog", "bird", "fish", "stone", "tree");
    const text = fc.array(word, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 2, maxLength: 8 }), text, async (texts, query) => {
        const views = collection(texts.map((words) => words.join(" ")));
        const ask = async (options: object, excluded: readonly number[] = []) => {
          const more = { excluded: [Int32Array.from(excluded)] };
          return (await scoreTexts(await open(options, views), views, named([query.join(" ")]), more)).rows;
        };
        expect(await ask({ feedback: { ...RM3, weight: 1 } })).toEqual(await ask({}));
        // nobody is left to feed back
        expect(await ask({ feedback: RM3 }, [...texts.keys()])).toEqual(await ask({}));
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
