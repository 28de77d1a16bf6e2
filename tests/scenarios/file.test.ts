import { describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import type { ScenarioSet } from "../../harness/domain/scenario-set.ts";
import { createScenarioSource } from "../../harness/scenarios/registry.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { textCorpus } from "./text-corpus.ts";

const folder = temporaryFolder();
const DOCS = ["a", "b", "c", "d"].map(docId);
const CORPUS = textCorpus(DOCS.map((id) => [id, `text of ${id}`]));
const SPIKE_ROW = { main_topic: "M", key_points: ["K1", "K2"], information_need: "I", explanation: "E" };

async function load(rows: readonly object[], options: object = {}): Promise<ScenarioSet> {
  await folder.write("s.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const source = createScenarioSource({ kind: "file", path: "s.jsonl", ...options });
  return await source.load({ datasetId: "set", docIds: DOCS, corpus: CORPUS, folder: folder.path("") });
}

async function texts({ views }: ScenarioSet): Promise<string[]> {
  const all: string[] = [];
  for await (const { text } of views.views()) all.push(text);
  return all;
}

describe("scenarios from a file", () => {
  it("lie in document order, whatever the order of the file", async () => {
    const set = await load([
      { _id: "c", text: "c1" },
      { _id: "a", text: "a1" },
      { _id: "c", text: "c2" },
    ]);
    expect(await texts(set)).toEqual(["a1", "c1", "c2"]);
    expect([...set.offsets]).toEqual([0, 1, 1, 3, 3]);
  });

  it("join the parts of a SPIKE row in the order of the reference code", async () => {
    const set = await load([{ doc_id: "a", ...SPIKE_ROW }]);
    expect(await texts(set)).toEqual(["I\nM\nK1\nK2\nE"]);
    expect(await texts(await load([{ doc_id: "a", ...SPIKE_ROW }], { components: ["E", "I"] }))).toEqual(["I\nE"]);
  });

  it("take the document in between where the text asks for it", async () => {
    const rows = [
      { doc_id: "c", ...SPIKE_ROW },
      { doc_id: "a", ...SPIKE_ROW },
      { doc_id: "a", ...SPIKE_ROW, information_need: "J" },
    ];
    const all = await load(rows, { components: ["E", "K", "M", "O", "I"] });
    expect(await texts(all)).toEqual([
      "I\ntext of a\nM\nK1\nK2\nE",
      "J\ntext of a\nM\nK1\nK2\nE",
      "I\ntext of c\nM\nK1\nK2\nE",
    ]);
    expect(await texts(await load(rows, { components: ["O"] }))).toEqual(["text of a", "text of a", "text of c"]);
  });

  it.each([
    { keyPoints: "newline", text: "One thing\nIs it two?\nThree." },
    { keyPoints: "sentence", text: "One thing. Is it two? Three." },
    { keyPoints: "bullets", text: "- One thing\n- Is it two?\n- Three." },
  ])("write key points out as $keyPoints", async ({ keyPoints, text }) => {
    const row = { doc_id: "a", ...SPIKE_ROW, key_points: ["One thing", "Is it two?", "Three."] };
    expect(await texts(await load([row], { components: ["K"], keyPoints }))).toEqual([text]);
  });

  it("are read from SPIKE's training rows, whose `id` is the document's, for one dataset at a time", async () => {
    const analysis = { main_topic: "M", key_points: ["K"] };
    const explanation = [
      { information_need: "I1", explanation: "E1" },
      { information_need: "I2", explanation: "E2" },
    ];
    const scenario_list = JSON.stringify({
      document_analysis: analysis,
      information_needs: ["I1", "I2"],
      explanation,
    });
    const rows = [
      { doc_id: "7", id: "b", dataset: "one", scenario_list },
      { doc_id: "8", id: "a", dataset: "other", scenario_list },
    ];
    expect(await texts(await load(rows, { rowsOf: "one" }))).toEqual(["I1\nM\nK\nE1", "I2\nM\nK\nE2"]);
    expect((await load(rows)).coverage).toMatchObject({ covered: 2, scenarios: 4 });
  });

  it("count what they cover", async () => {
    const { coverage, noise } = await load([
      { doc_id: "a", ...SPIKE_ROW },
      { doc_id: "a", ...SPIKE_ROW },
      { doc_id: "b", ...SPIKE_ROW, main_topic: "This document is noise document. So main topic is not exist." },
      { doc_id: "c", error: "no JSON" },
      { doc_id: "elsewhere", ...SPIKE_ROW },
      { doc_id: "d", text: "marked", noise: true },
    ]);
    expect(coverage).toEqual({
      documents: 4,
      covered: 1,
      noise: 2,
      failed: 1,
      foreign: 1,
      scenarios: 4,
      perDocument: { min: 2, median: 2, max: 2 },
    });
    expect([...noise]).toEqual([0, 0, 1, 1]);
  });

  it("count what was dropped of documents that have other scenarios", async () => {
    const { coverage } = await load([
      { _id: "a", text: "kept" },
      { _id: "a", text: " " },
      { _id: "a", error: "no JSON" },
      { _id: "b", error: "no JSON" },
      { _id: "b", text: "" },
    ]);
    expect(coverage).toMatchObject({ covered: 1, failed: 1, scenarios: 1, dropped: 2 });
  });

  it("takes the median of an even number of documents between the two middle ones", async () => {
    const rows = ["a", "b", "b"].map((id) => ({ _id: id, text: "x" }));
    expect((await load(rows)).coverage.perDocument).toEqual({ min: 1, median: 1.5, max: 2 });
  });

  it("have another hash when a text, its document or its noise mark changes", async () => {
    const hash = async (row: object) => (await load([row])).views.contentHash;
    const hashes = await [
      { _id: "a", text: "x" },
      { _id: "a", text: "y" },
      { _id: "b", text: "x" },
      { _id: "a", text: "x", noise: true },
    ].reduce<Promise<string[]>>(async (all, row) => [...(await all), await hash(row)], Promise.resolve([]));
    expect(new Set(hashes).size).toBe(4);
  });

  it.each([
    { why: "a row without an id", rows: [{ text: "x" }], code: "DATA_INVALID" },
    { why: "a row that is no scenario", rows: [{ _id: "a", main_topic: "M" }], code: "DATA_INVALID" },
    { why: "scenarios of another corpus", rows: [{ _id: "z", text: "x" }], code: "DATA_INVALID" },
    { why: "a training row whose scenarios are none", rows: [{ id: "a", scenario_list: "[]" }], code: "DATA_INVALID" },
    { why: "an empty file", rows: [], code: "DATA_INVALID" },
  ])("refuses $why", async ({ rows, code }) => {
    await expect(load(rows)).rejects.toMatchObject({ code });
  });

  it("names the dataset in the path", async () => {
    const source = createScenarioSource({ kind: "file", path: "{dataset}.jsonl" });
    const request = { datasetId: "nowhere", docIds: DOCS, corpus: CORPUS, folder: folder.path("") };
    await expect(source.load(request)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
