import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cardPolicy } from "../../harness/datasets/card.ts";
import { loadDataset } from "../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../harness/datasets/local-files.ts";
import { createFormat } from "../../harness/datasets/registry.ts";
import { describeWithData } from "../real-data.ts";
import { card, cards, datasetsOf } from "./shipped-cards.ts";

describeWithData("dataset cards and mteb's descriptive statistics", "published/mteb-descriptive-stats", (folder) => {
  const described = [...cards].filter(([, { statistics }]) => statistics !== undefined);

  it("are the same for every card that has text statistics", () => {
    expect(described).toHaveLength(12 + 8 + 8 + 8 + 12 + 2);
    for (const [id, { statistics }] of described) {
      const name = /^mteb descriptive statistics: (\w+)(?: \((\w+)\))?$/.exec(statistics?.source ?? "");
      const splits = JSON.parse(readFileSync(join(folder, `${name?.[1]}.json`), "utf8"));
      const [split] = Object.keys(splits);
      const whole = splits[split ?? ""];
      const found = name?.[2] === undefined ? whole : whole.hf_subset_descriptive_stats[name[2]];
      expect(statistics?.documents, id).toEqual(figures(found.documents_text_statistics));
      if (statistics?.queries !== undefined) {
        expect(statistics.queries, id).toEqual(figures(found.queries_text_statistics));
      }
    }
  });

  it("leave out the queries only of TheoremQA, whose labels there are the older ones", () => {
    const without = described.filter(([, { statistics }]) => statistics?.queries === undefined).map(([id]) => id);
    expect(without).toEqual(["bright/theoremqa_questions", "bright/theoremqa_theorems"]);
  });
});

function figures(text: Readonly<Record<string, number>>): unknown {
  return {
    total: text["total_text_length"],
    min: text["min_text_length"],
    average: text["average_text_length"],
    max: text["max_text_length"],
    unique: text["unique_texts"],
  };
}

describeWithData("commits in dataset cards", "published", (folder) => {
  it("are all published, none is completed by hand", () => {
    const scores = readFileSync(join(folder, "mteb-scores.csv"), "utf8").split("\n").slice(1);
    const published = new Set(scores.map((line) => line.split(",")[4]));
    const commits = [...cards.values()].flatMap(({ source }) =>
      source !== undefined && "hub" in source ? source.hub.map(({ revision }) => revision) : [],
    );
    const pinned = commits.filter((revision) => revision !== "main");
    expect(pinned.length).toBe(12 + 8 + 8 + 8 + 12);
    expect(pinned.filter((revision) => !published.has(revision))).toEqual([]);
  });
});

describeWithData("BRIGHT's published queries", "bright/examples", (folder) => {
  it.each(datasetsOf("bright"))("of %s have the card's counts", (id) => {
    const subset = id.slice("bright/".length);
    const file = join(folder, `topics.bright-${subset.replaceAll("_", "-")}-original.jsonl.gz`);
    const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
    const queries: readonly { gold_ids: string[]; gold_ids_long: string[] }[] = lines.map((line) => JSON.parse(line));
    const gold = queries.reduce((sum, query) => sum + new Set(query.gold_ids).size, 0);
    expect({ queries: queries.length, judgements: gold }).toEqual({
      queries: card(id).counts.queries,
      judgements: card(id).counts.judgements,
    });
    const long = queries.flatMap((query) => query.gold_ids_long).filter((docId) => docId !== "N/A");
    expect(long).toHaveLength(cards.get(`bright-long/${subset}`)?.counts.judgements ?? 0);
  });
});

describe("commits of dataset cards", () => {
  it("are those that the sources name by their first digits", () => {
    const commits = [...cards.values()].flatMap(({ source }) =>
      source !== undefined && "hub" in source ? source.hub : [],
    );
    const byRepository = new Map(commits.map(({ repository, revision }) => [repository, revision]));
    const pinned = [...byRepository].filter(([, revision]) => revision !== "main");
    const known = pinned.map(([repository, revision]) => `${repository}@${revision.slice(0, 8)}`);
    expect(known.sort()).toEqual([
      "CoIR-Retrieval/CodeSearchNet-ccr@6e1effa2",
      "CoIR-Retrieval/CodeSearchNet@4adc7bc4",
      "CoIR-Retrieval/apps@f22508f9",
      "CoIR-Retrieval/codefeedback-mt@b0f12fa0",
      "CoIR-Retrieval/codefeedback-st@d213819e",
      "CoIR-Retrieval/codetrans-contest@20da4eb2",
      "CoIR-Retrieval/codetrans-dl@281562cb",
      "CoIR-Retrieval/cosqa@bc5efb7e",
      "CoIR-Retrieval/synthetic-text2sql@686b8729",
      "mteb/BRIGHT@c26703e6",
      "mteb/StackOverflowQA@7b46f5eb",
      "mteb/arguana@c22ab2a5",
      "mteb/fiqa@27a16881",
      "mteb/nfcorpus@ec0fa4fe",
      "mteb/quora@e4e08e0b",
      "mteb/scidocs@f8c2fcf0",
      "mteb/scifact@d56462d0",
      "mteb/touche2020@a34f9a33",
      "mteb/trec-covid@bb9466ba",
    ]);
  });
});

describeWithData("BEIR folders", "beir", (folder) => {
  it.each(["scifact", "nfcorpus"])("of %s pass the card's counts", async (name) => {
    const { counts } = card(`beir/${name}`);
    const loaded = await loadDataset({
      id: `beir/${name}`,
      format: createFormat({ kind: "beir" }),
      files: await listLocalFiles(join(folder, name)),
      policy: cardPolicy(card(`beir/${name}`)),
      counts,
      strict: true,
    });
    expect(loaded.docIds).toHaveLength(counts.documents ?? 0);
  });
});
