import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { buildSftSet } from "../../../harness/pipeline/training/build-sft-set.ts";
import { dataCard } from "../../../harness/training/data-card.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { linesOf } from "../scenario-lab.ts";
import { bothSplits, put, type Row } from "../training-lab.ts";
import { filesBelow, openLab } from "../workspace.ts";

const folder = temporaryFolder();
let labs = 0;
const lab = () => openLab(folder.path(`lab-${labs++}`));

function scenarios(topic: string): string {
  return JSON.stringify({
    document_analysis: { main_topic: topic, key_points: ["A point."] },
    information_needs: [`who needs ${topic}`],
    explanation: [{ information_need: `who needs ${topic}`, explanation: "It helps." }],
  });
}

function row(id: string, more: object = {}): Row {
  const topic = `topic ${id}`;
  return {
    id,
    content: `Text of ${id}.`,
    scenario_list: scenarios(topic),
    dataset: "shelf",
    is_valid: "Valid",
    ...more,
  };
}

describe("buildSftSet", () => {
  it("drops what is not valid, has no text, repeats a text, or leaks, and counts each", async () => {
    const one = await lab();
    await put(one, "rows.jsonl", [
      row("a"),
      row("b", { is_valid: "Invalid" }),
      row("c", { content: " \n" }),
      row("d", { scenario_list: "no JSON" }),
      row("e", { content: "Text\n of   a." }),
      row("a", { content: "Another text under a's id." }),
      row("f", { is_gold: true }),
      row("g", { scenario_list: scenarios("x").replaceAll("who needs x", "Why do prices rise?") }),
      row("h", { content: "Osmosis Water moves through a membrane towards salt." }),
      row("i", { scenario_list: scenarios("NOISE DOCUMENT") }),
      row("j", { is_gold: false }),
    ]);
    const declaration =
      "version: 1\nname: s\nnoise: drop\nvalidation: 1\nsources: [{path: rows.jsonl}]\nleakage: {against: [library]}\n";
    const { card } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    expect(Object.fromEntries(card.dropped.map(({ reason, items }) => [reason, items]))).toEqual({
      "not valid": 1,
      "no text": 1,
      "no scenarios": 1,
      duplicate: 2,
      leak: 3,
      noise: 1,
    });
    expect(card.steps).toEqual([
      { step: "documents in the sources", items: 11 },
      { step: "kept", items: 11 - 1 - 1 - 1 - 2 - 3 - 1 },
    ]);
    expect(card.splits).toEqual({ train: 1, validation: 1 });
    expect(card.leakage.excluded).toEqual({
      items: 3,
      byKind: { query: 1, paraphrase: 0, "gold-document": 1, "flagged-gold": 1 },
    });
    const kept = await bothSplits(join(one.workspace.out, "training/s/rows"), "jsonl");
    expect(kept.map(({ document }) => document).toSorted()).toEqual(["a", "j"]);
  });

  it("joins a scenario set with the documents of its dataset, and asks as `scenarios generate` does", async () => {
    const one = await lab();
    const parts = {
      main_topic: "Salt",
      key_points: ["Ice melts."],
      information_need: "melt ice",
      explanation: "Salt helps.",
    };
    await put(one, "set.jsonl", [
      { doc_id: "d4", ...parts },
      { doc_id: "d5", ...parts },
      { doc_id: "d2", error: "refused" },
      { _id: "d3", text: "a text" },
    ]);
    const declaration = "version: 1\nname: s\nsources: [{path: set.jsonl, dataset: library}]\nleakage: {against: []}\n";
    const { card, folder: set } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    // d4 is relevant to a query of the library, and says so itself
    expect(card.dropped).toEqual(
      expect.arrayContaining([
        { reason: "no scenarios", items: 2 },
        { reason: "leak", items: 1 },
      ]),
    );
    expect(set).toBe(join(one.workspace.out, "training/s"));
    const [line] = await linesOf(`${set}/openai/train.jsonl`);
    expect(JSON.stringify(line)).toContain('the collection \\"library\\"');
    expect(JSON.stringify(line)).toContain("Document:\\nClick here to subscribe to our water newsletter.\\n");
  });

  it("cuts documents to the limit and counts them", async () => {
    const one = await lab();
    await put(one, "p.txt", "<{document}>");
    await put(one, "rows.jsonl", [row("a", { content: "abcdefghij" }), row("b", { content: "xyz" })]);
    const declaration =
      "version: 1\nname: s\nprompt: p.txt\nmaxDocumentTokens: 2\ncharactersPerToken: 3\nvalidation: 0\n" +
      "sources: [{path: rows.jsonl}]\nleakage: {against: []}\n";
    const { card, folder: set } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    expect(card.figures["documents cut to the limit"]).toBe(1);
    const rows = await linesOf(`${set}/openai/train.jsonl`);
    expect(JSON.stringify(rows[0])).toContain("<abcdef>");
    expect(JSON.stringify(rows[1])).toContain("<xyz>");
    expect(await readdir(`${set}/openai`)).toEqual(["train.jsonl"]);
  });

  it("writes the same bytes again, and clears what an earlier declaration left", async () => {
    const one = await lab();
    await put(
      one,
      "rows.jsonl",
      Array.from({ length: 9 }, (_, at) => row(`r${at}`)),
    );
    const declare = (validation: number) =>
      put(
        one,
        "s.yaml",
        `version: 1\nname: s\nvalidation: ${validation}\nsources: [{path: rows.jsonl}]\nleakage: {against: []}\n`,
      );
    const { folder: set, card } = await buildSftSet(await declare(3), one.workspace);
    expect(dataCard.parse(JSON.parse(await readFile(`${set}/card.json`, "utf8")))).toEqual(
      JSON.parse(JSON.stringify(card)),
    );
    const first = await filesBelow(set);
    await buildSftSet(await declare(0), one.workspace);
    expect(await readdir(`${set}/trl`)).toEqual(["train.jsonl"]);
    await buildSftSet(await declare(3), one.workspace);
    expect(await filesBelow(set)).toEqual(first);
  });

  it("refuses to hold out as many examples as there are", async () => {
    const one = await lab();
    await put(one, "rows.jsonl", [row("r1"), row("r2")]);
    const declaration = "version: 1\nname: s\nvalidation: 2\nsources: [{path: rows.jsonl}]\nleakage: {against: []}\n";
    const built = buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    await expect(built).rejects.toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("got 2") });
  });

  it.each([
    { text: "version: 1\nname: s\nsources: [{path: rows.jsonl}]\n", says: "leakage" },
    { text: "version: 1\nname: s\nsorces: []\nleakage: {against: []}\n", says: "s.yaml:3:1" },
    { text: "version: 1\nname: ../s\nsources: [{path: rows.jsonl}]\nleakage: {against: []}\n", says: "s.yaml:2:7" },
    { text: "version: 1\nname: s\nvalidation: 1.5\nsources: [{path: rows.jsonl}]\n", says: "s.yaml:3:13" },
  ])("says where a declaration is wrong: $says", async ({ text, says }) => {
    const one = await lab();
    const built = buildSftSet(await put(one, "s.yaml", text), one.workspace);
    await expect(built).rejects.toMatchObject({ code: "SPEC_INVALID", message: expect.stringContaining(says) });
  });

  it.each([
    { rows: [{ id: "a", scenario_list: scenarios("a") }], more: "", code: "DATA_INVALID" },
    { rows: [row("a", { is_gold: true })], more: "", code: "DATA_INVALID" },
    { rows: [row("a")], more: "{dataset: absent}", code: "UNKNOWN_DATASET" },
    { rows: [row("a")], more: "{dataset: library, queries: q.jsonl}", code: "SPEC_INVALID" },
  ])("refuses what it cannot build or compare: $code", async ({ rows, more, code }) => {
    const one = await lab();
    await put(one, "rows.jsonl", rows);
    const declaration = `version: 1\nname: s\nsources: [{path: rows.jsonl}]\nleakage: {against: [${more}]}\n`;
    await expect(buildSftSet(await put(one, "s.yaml", declaration), one.workspace)).rejects.toMatchObject({ code });
  });
});

describe("buildSftSet beside an evaluation set that is not here", () => {
  const declare = (more: string) =>
    `version: 1\nname: s\nsources: [{path: rows.jsonl}]\nleakage: {against: [{dataset: beir/arguana${more}}]}\n`;

  it("stops, unless the card may tell that nothing was compared", async () => {
    const cardFolders = [resolve(import.meta.dirname, "../../../datasets")];
    const one = await openLab(folder.path(`lab-${labs++}`), { workspace: { cardFolders } });
    await put(one, "rows.jsonl", [row("a")]);
    const building = buildSftSet(await put(one, "s.yaml", declare("")), one.workspace);
    await expect(building).rejects.toMatchObject({ code: "NOT_FETCHED" });
    const { card } = await buildSftSet(await put(one, "s.yaml", declare(", ifAbsent: report")), one.workspace);
    expect(card.leakage.sets).toMatchObject([
      { dataset: "beir/arguana", compared: { queries: 0, goldIds: 0, goldTexts: null }, missing: expect.any(String) },
    ]);
  });
});
