import { describe, expect, it } from "vitest";
import { card, cards, datasetsOf, groups, ids } from "./shipped-cards.ts";

function sumOf(group: string, count: "documents" | "queries"): number {
  return datasetsOf(group).reduce((sum, id) => sum + (card(id).counts[count] ?? Number.NaN), 0);
}

/** BRIGHT: documents, queries, judgements; then long documents and their judgements. Anserini and the hub's README. */
const BRIGHT: Readonly<Record<string, readonly number[]>> = {
  biology: [57_359, 103, 372, 524, 134],
  earth_science: [121_249, 116, 585, 601, 187],
  economics: [50_220, 103, 800, 516, 109],
  psychology: [52_835, 101, 692, 512, 116],
  robotics: [61_961, 101, 520, 508, 106],
  stackoverflow: [107_081, 117, 478, 1_858, 129],
  sustainable_living: [60_792, 108, 576, 554, 129],
  leetcode: [413_932, 142, 262],
  pony: [7_894, 112, 2_219, 577, 769],
  aops: [188_002, 111, 524],
  theoremqa_questions: [188_002, 194, 439],
  theoremqa_theorems: [23_839, 76, 151],
};

/** Documents, queries, judgements; where the sources do not give one exactly the card has none. BEIR's README, mteb, Anserini. */
const OTHERS: Readonly<Record<string, readonly (number | undefined)[]>> = {
  "beir/msmarco": [undefined, 6_980],
  "beir/trec-covid": [171_332, 50],
  "beir/nfcorpus": [3_633, 323, 12_334],
  "beir/nq": [2_681_468, 3_452],
  "beir/hotpotqa": [5_233_329, 7_405],
  "beir/fiqa": [57_638, 648, 1_706],
  "beir/arguana": [8_674, 1_406, 1_406],
  "beir/webis-touche2020": [382_545, 49],
  "beir/quora": [522_931, 10_000, 15_675],
  "beir/dbpedia-entity": [4_635_922, 400],
  "beir/scidocs": [25_657, 1_000],
  "beir/fever": [5_416_568, 6_666],
  "beir/climate-fever": [5_416_593, 1_535],
  "beir/scifact": [5_183, 300, 339],
  "beir/cqadupstack-android": [undefined, 699],
  "beir/cqadupstack-english": [undefined, 1_570],
  "beir/cqadupstack-gaming": [undefined, 1_595],
  "beir/cqadupstack-gis": [undefined, 885],
  "beir/cqadupstack-mathematica": [undefined, 804],
  "beir/cqadupstack-physics": [undefined, 1_039],
  "beir/cqadupstack-programmers": [undefined, 876],
  "beir/cqadupstack-stats": [undefined, 652],
  "beir/cqadupstack-tex": [undefined, 2_906],
  "beir/cqadupstack-unix": [undefined, 1_072],
  "beir/cqadupstack-webmasters": [undefined, 506],
  "beir/cqadupstack-wordpress": [undefined, 541],
  "coir/apps": [8_765, 3_765, 3_765],
  "coir/cosqa": [20_604, 500, 500],
  "coir/synthetic-text2sql": [105_851, 5_851, 5_851],
  "coir/codetrans-contest": [1_008, 221, 221],
  "coir/codetrans-dl": [816, 180, 180],
  "coir/stackoverflow-qa": [19_931, 1_994, 1_994],
  "coir/codefeedback-st": [156_526, 31_306, 31_306],
  "coir/codefeedback-mt": [66_383, 13_277, 13_277],
  "limit/small": [46, 1_000, 2_000],
  "limit/full": [50_000, 1_000, 2_000],
};

/** Members and all datasets below them. */
const GROUPS: Readonly<Record<string, readonly [number, number]>> = {
  bright: [12, 12],
  "bright-long": [8, 8],
  beir15: [15, 14 + 12],
  "beir/cqadupstack": [12, 12],
  coir: [10, 8 + 2 * 6],
  "coir/codesearchnet": [6, 6],
  "coir/codesearchnet-ccr": [6, 6],
};

const THING = { bright: "passages", "bright-long": "documents" } as const;

describe("shipped dataset cards", () => {
  it("are groups or cards, each of them", () => {
    expect([...groups.keys(), ...cards.keys()].sort()).toEqual(ids);
    expect([...groups.keys()].sort()).toEqual(Object.keys(GROUPS).sort());
  });

  it.each(Object.entries(GROUPS))("group %s has members that exist, and no cycle", (id, [members, datasets]) => {
    expect(groups.get(id)?.members).toHaveLength(members);
    const found = datasetsOf(id);
    expect(new Set(found).size).toBe(datasets);
    expect(found.filter((member) => !cards.has(member))).toEqual([]);
  });

  it.each(Object.entries(BRIGHT))("bright/%s has the published counts", (subset, counts) => {
    const [documents, queries, judgements, longDocuments, longJudgements] = counts;
    expect(card(`bright/${subset}`).counts).toEqual({ documents, queries, judgements });
    const long = cards.get(`bright-long/${subset}`)?.counts;
    const expected = { documents: longDocuments, queries, judgements: longJudgements };
    expect(long).toEqual(longDocuments === undefined ? undefined : expected);
  });

  it.each(Object.entries(OTHERS))("%s has the published counts", (id, [documents, queries, judgements]) => {
    expect(card(id).counts).toEqual({
      ...(documents === undefined ? {} : { documents }),
      queries,
      ...(judgements === undefined ? {} : { judgements }),
    });
  });

  it("add up to the published totals", () => {
    expect(sumOf("bright", "queries")).toBe(1_384);
    expect(sumOf("beir/cqadupstack", "queries")).toBe(13_145);
    expect(sumOf("coir/codesearchnet", "queries")).toBe(52_561);
    expect(sumOf("coir/codesearchnet-ccr", "queries")).toBe(14_918 + 3_291 + 8_122 + 1_261 + 10_955 + 14_014);
    expect(sumOf("coir/codesearchnet", "documents")).toBe(1_003_765);
    expect(sumOf("coir/codesearchnet-ccr", "documents")).toBe(1_005_474);
  });

  it("say in their notes where the commit is not pinned", () => {
    const silent = [...cards].filter(
      ([, { source, notes }]) =>
        source !== undefined &&
        "hub" in source &&
        source.hub.some(({ revision }) => revision === "main") !== notes.some((note) => note.includes("not pinned")),
    );
    expect(silent.map(([id]) => id)).toEqual([]);
  });

  it("of BRIGHT drop nothing but the exclusions, and list the five sets of reasoned queries", () => {
    for (const id of datasetsOf("bright")) {
      expect(card(id).policy).toEqual({ selfId: "keep", docText: "text" });
      expect(card(id).querySets).toEqual({
        gpt4_reason: { queries: "gpt4_reason" },
        "claude-3-opus_reason": { queries: "claude-3-opus_reason" },
        "Gemini-1.0_reason": { queries: "Gemini-1.0_reason" },
        grit_reason: { queries: "grit_reason" },
        "llama3-70b_reason": { queries: "llama3-70b_reason" },
      });
    }
  });

  it("of BEIR compose title and text and drop a query's own document; CoIR takes the text alone", () => {
    for (const id of datasetsOf("beir15")) expect(card(id).policy).toEqual({ selfId: "drop", docText: "title+text" });
    for (const id of datasetsOf("coir")) expect(card(id).policy).toEqual({ selfId: "drop", docText: "text" });
    expect(card("beir/msmarco").format["qrels"]).toEqual({ config: "default", split: "dev" });
  });

  it.each(["bright", "bright-long"] as const)("of %s have the instructions of three encoder families", (group) => {
    for (const id of datasetsOf(group)) {
      const { "e5-mistral": e5, gritlm, "bge-large": bge } = card(id).instructions;
      expect(e5?.query).toMatch(/^Instruct: Given a .+\nQuery: $/);
      expect(gritlm).toEqual({
        query: e5?.query?.replace("Instruct: ", "<|user|>\n").replace("\nQuery: ", "\n<|embed|>\n"),
        document: "<|embed|>\n",
      });
      expect(bge?.query).toMatch(/^Represent this .+ for searching relevant \w+: $/);
      const texts = [e5?.query, gritlm?.query, bge?.query].join();
      expect(texts.includes("{task}")).toBe(card(id).task["spike"] !== undefined);
    }
    const thing = THING[group];
    expect(card(`${group}/earth_science`)).toMatchObject({
      task: { spike: "Earth Science", bright: "earth_science" },
      instructions: {
        "e5-mistral": {
          query: `Instruct: Given a {task} post, retrieve relevant ${thing} that help answer the post\nQuery: `,
        },
        "bge-large": { query: `Represent this {task} post for searching relevant ${thing}: ` },
      },
    });
  });
});

describe("the tasks of mteb that cards name", () => {
  it("are those of the statistics that the card is checked by, where it has any of mteb's", () => {
    const named = [...cards.values()].flatMap(({ statistics, mteb }) => {
      const [, task, subset = "default"] =
        /^mteb descriptive statistics: (\w+)(?: \(([\w-]+)\))?/.exec(statistics?.source ?? "") ?? [];
      return task === undefined ? [] : [{ named: { task, subset }, mteb }];
    });
    expect(named.length).toBe(50);
    for (const one of named) expect(one.mteb).toMatchObject(one.named);
  });

  it("are one for each dataset", () => {
    const tasks = [...cards.values()].flatMap(({ mteb }) =>
      mteb === undefined ? [] : [`${mteb.task} ${mteb.subset}`],
    );
    expect(new Set(tasks).size).toBe(tasks.length);
  });
});
