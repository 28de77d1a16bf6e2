import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildSftSet } from "../../harness/pipeline/build-sft-set.ts";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { dataCard } from "../../harness/training/data-card.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { expectFormat } from "../training/format-schemas.ts";
import { linesOf } from "./scenario-lab.ts";
import { bothSplits, put, type Row } from "./training-lab.ts";
import { filesBelow, openLab } from "./workspace.ts";

const folder = temporaryFolder();
let labs = 0;
const lab = () => openLab(folder.path(`lab-${labs++}`));

const COLUMNS = ["doc_id", "scenario_list", "id", "content", "is_gold", "benchmark", "dataset", "is_valid", "type"];
/** Everything around document and dataset, so that a prompt can be taken apart again. */
const PROMPT = "From {dataset}:\n{document}\n<Answer>\n";

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

  it.each([
    { text: "version: 1\nname: s\nsources: [{path: rows.jsonl}]\n", says: "leakage" },
    { text: "version: 1\nname: s\nsorces: []\nleakage: {against: []}\n", says: "s.yaml:3:1" },
    { text: "version: 1\nname: ../s\nsources: [{path: rows.jsonl}]\nleakage: {against: []}\n", says: "s.yaml:2:7" },
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

describeWithData("SPIKE's own training rows", "spike/document_valid_df.parquet", (path) => {
  async function originals(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const batch of readParquetRows(path, COLUMNS)) rows.push(...batch.map(({ value }) => value));
    return rows;
  }

  /** What a line of a chat format and its line of provenance say, as a row again. */
  function rowAgain(prompt: string, answer: string, provenance: Row): Row {
    const [, dataset, content] = /^From (.*?):\n(.*)\n<Answer>\n$/s.exec(prompt) ?? [];
    const { document, doc_id, is_gold, benchmark, is_valid, type } = provenance;
    return { doc_id, scenario_list: answer, id: document, content, is_gold, benchmark, dataset, is_valid, type };
  }

  it("survive every format of a training set without loss", async () => {
    const one = await lab();
    await writeFile(`${one.folder}/p.txt`, PROMPT);
    const declaration = `version: 1\nname: s\nprompt: p.txt\nsources: [{path: ${path}}]\nleakage: {against: [], exclude: []}\n`;
    const { card, folder: set } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    expect(card).toMatchObject({ splits: { train: 76, validation: 8 }, dropped: [] });
    const expected = new Set((await originals()).map((original) => JSON.stringify(original)));
    expect(expected.size).toBe(84);
    const provenance = await bothSplits(`${set}/rows`, "jsonl");
    const content = (list: unknown, at = 0) => (Array.isArray(list) ? String(list[at]?.content) : "");
    const formats = {
      openai: await bothSplits(`${set}/openai`, "jsonl"),
      trl: await bothSplits(`${set}/trl`, "jsonl"),
      trlParquet: await bothSplits(`${set}/trl-parquet`, "parquet", ["prompt", "completion"]),
    };
    expectFormat("openaiChat", formats.openai);
    expectFormat("trlChat", formats.trl);
    expectFormat("trlChat", formats.trlParquet);
    const again = {
      openai: formats.openai.map(({ messages }) => [content(messages), content(messages, 1)] as const),
      trl: formats.trl.map(({ prompt, completion }) => [content(prompt), content(completion)] as const),
      trlParquet: formats.trlParquet.map(({ prompt, completion }) => [content(prompt), content(completion)] as const),
    };
    for (const [name, pairs] of Object.entries(again)) {
      const rows = pairs.map(([prompt, answer], at) => rowAgain(prompt, answer, provenance[at] ?? {}));
      expect(new Set(rows.map((back) => JSON.stringify(back))), name).toEqual(expected);
    }
    const own = await bothSplits(`${set}/spike`, "parquet", COLUMNS);
    expect(new Set(own.map((back) => JSON.stringify(back)))).toEqual(expected);
  });

  it("are gold in a test for 56 of 84, as they say, and are left out then", async () => {
    const one = await lab();
    const declaration = `version: 1\nname: s\nsources: [{path: ${path}}]\nleakage: {against: []}\n`;
    const { card } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    const flagged = new Map(card.leakage.flagged.map(({ source, items, gold }) => [source, [items, gold]]));
    expect(flagged.get("bright/biology")).toEqual([5, 4]);
    expect(flagged.get("bright/economics")).toEqual([4, 2]);
    expect(flagged.get("bright/sustainable_living")).toEqual([5, 5]);
    expect(card.leakage.excluded.byKind["flagged-gold"]).toBe(56);
    expect(card.steps.at(-1)).toEqual({ step: "kept", items: 84 - 56 });
  });
});

describeWithData("SPIKE's rows beside BRIGHT's judgements", "bright/qrels/qrels.bright-biology.txt", (path) => {
  it("say of eleven documents what the published judgements say of the same ids", async () => {
    const one = await lab();
    const qrels = path.replace("biology.txt", "");
    const rows = path.replace("bright/qrels/qrels.bright-biology.txt", "spike/document_valid_df.parquet");
    const entries = [
      `{dataset: bright/biology, qrels: ${qrels}biology.txt}`,
      `{dataset: bright/economics, qrels: ${qrels}economics.txt}`,
      `{dataset: bright/sustainable_living, qrels: ${qrels}sustainable-living.txt}`,
    ];
    const declaration = `version: 1\nname: s\nsources: [{path: ${rows}}]\nleakage: {against: [${entries.join(", ")}]}\n`;
    const { card } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    expect(card.leakage.sets.map(({ found }) => found["gold-document"])).toEqual([4, 2, 5]);
    expect(card.leakage.sets.every(({ missing }) => missing !== null)).toBe(true);
    expect(card.leakage.excluded).toMatchObject({ items: 56, byKind: { "gold-document": 4 + 2 + 5 } });
  });
});
