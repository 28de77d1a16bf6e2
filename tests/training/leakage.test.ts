import { describe, expect, it } from "vitest";
import { type EvaluationSet, type LeakSubject, openLeakageCheck } from "../../harness/training/leakage.ts";
import { textDigest } from "../../harness/training/text-digest.ts";
import { LEAK_KINDS, type LeakKind } from "../../harness/training/training-options.ts";

const GOLD = "Salt draws water out of roots.";
const SET: EvaluationSet = {
  dataset: "beir/climate-fever",
  names: ["beir/climate-fever", "Touche2020"],
  queries: [{ id: "q1", text: "why do plants wilt in salty soil" }],
  goldIds: new Set(["g1"]),
  goldTexts: new Map([[textDigest(GOLD) ?? "", "g1"]]),
  missing: undefined,
};

function subject(given: Partial<LeakSubject> & { readonly document?: Partial<LeakSubject["documents"][number]> } = {}) {
  const { document, ...rest } = given;
  const documents = [{ dataset: "elsewhere", id: "x", text: "Nothing of the kind.", ...document }];
  return { id: "item", documents, texts: [], flaggedGold: undefined, ...rest } satisfies LeakSubject;
}

function kindsFound(item: LeakSubject): readonly LeakKind[] {
  const check = openLeakageCheck([SET], { overlap: 0.8, exclude: [...LEAK_KINDS] });
  check.excludes(item);
  const { byKind } = check.report().excluded;
  return LEAK_KINDS.filter((kind) => byKind[kind] > 0);
}

describe("openLeakageCheck", () => {
  it.each<{ readonly what: string; readonly item: LeakSubject; readonly kinds: readonly LeakKind[] }>([
    { what: "nothing in common", item: subject(), kinds: [] },
    { what: "a test query", item: subject({ texts: ["Why do plants wilt in salty soil?"] }), kinds: ["query"] },
    {
      what: "its words in another order",
      item: subject({ texts: ["in salty soil plants wilt, why do"] }),
      kinds: ["paraphrase"],
    },
    {
      what: "a gold id of the same dataset",
      item: subject({ document: { dataset: "beir/ClimateFever", id: "g1" } }),
      kinds: ["gold-document"],
    },
    {
      what: "a gold id of a dataset by its other name",
      item: subject({ document: { dataset: "beir/Touche2020", id: "g1" } }),
      kinds: ["gold-document"],
    },
    {
      what: "the same id in another dataset",
      item: subject({ document: { dataset: "beir/fever", id: "g1" } }),
      kinds: [],
    },
    {
      what: "a gold text under any id",
      item: subject({ document: { text: " Salt draws\nwater out of roots. " } }),
      kinds: ["gold-document"],
    },
    { what: "an empty document", item: subject({ document: { text: " " } }), kinds: [] },
    { what: "what its source calls gold", item: subject({ flaggedGold: true }), kinds: ["flagged-gold"] },
    { what: "what its source does not call gold", item: subject({ flaggedGold: false }), kinds: [] },
    {
      what: "several at once",
      item: subject({ texts: ["why do plants wilt in salty soil"], document: { text: GOLD }, flaggedGold: true }),
      kinds: ["query", "gold-document", "flagged-gold"],
    },
  ])("finds $what: $kinds", ({ item, kinds }) => expect(kindsFound(item)).toEqual(kinds));

  it("tells what it found and leaves in what it is told to", () => {
    const check = openLeakageCheck([SET], { overlap: 0.8, exclude: ["query"] });
    const texts = ["why do plants wilt in salty soil"];
    expect(check.excludes(subject({ document: { text: GOLD }, flaggedGold: true }))).toBe(false);
    expect(check.excludes(subject({ texts, flaggedGold: false }))).toBe(true);
    const report = check.report();
    expect(report).toMatchObject({ items: 2, excluded: { items: 1 }, exclude: ["query"] });
    expect(report.flagged).toEqual([{ source: "elsewhere", items: 2, gold: 1 }]);
    expect(report.sets[0]).toMatchObject({
      dataset: "beir/climate-fever",
      compared: { queries: 1, goldIds: 1, goldTexts: 1 },
      found: { query: 1, paraphrase: 0, "gold-document": 1 },
      examples: [
        { kind: "gold-document", item: "item", with: "g1" },
        { kind: "query", item: "item", with: "q1", overlap: 1 },
      ],
    });
  });

  it("says when documents were not there to compare, and then goes by ids", () => {
    const check = openLeakageCheck([{ ...SET, goldTexts: undefined, missing: "not here" }], {
      overlap: 0.8,
      exclude: [...LEAK_KINDS],
    });
    expect(check.excludes(subject({ document: { text: GOLD } }))).toBe(false);
    expect(check.excludes(subject({ document: { dataset: "beir/climate-fever", id: "g1" } }))).toBe(true);
    expect(check.report().sets[0]).toMatchObject({ compared: { goldTexts: null }, missing: "not here" });
  });

  it("shows five examples of a kind and counts all", () => {
    const check = openLeakageCheck([SET], { overlap: 0.8, exclude: [] });
    for (let item = 0; item < 8; item++) check.excludes(subject({ id: `i${item}`, document: { text: GOLD } }));
    const [found] = check.report().sets;
    expect(found?.found["gold-document"]).toBe(8);
    expect(found?.examples.map(({ item }) => item)).toEqual(["i0", "i1", "i2", "i3", "i4"]);
  });
});
