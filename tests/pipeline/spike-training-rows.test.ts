import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { buildSftSet } from "../../harness/pipeline/training/build-sft-set.ts";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { expectFormat } from "../training/format-schemas.ts";
import { bothSplits, put, type Row } from "./training-lab.ts";
import { openLab } from "./workspace.ts";

const folder = temporaryFolder();
let labs = 0;
const lab = () => openLab(folder.path(`lab-${labs++}`));

const COLUMNS = ["doc_id", "scenario_list", "id", "content", "is_gold", "benchmark", "dataset", "is_valid", "type"];
/** Everything around document and dataset, so that a prompt can be taken apart again. */
const PROMPT = "From {dataset}:\n{document}\n<Answer>\n";

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
    const queries = path.replace("qrels/qrels.bright-biology.txt", "examples/topics.bright-biology-original.jsonl.gz");
    const rows = path.replace("bright/qrels/qrels.bright-biology.txt", "spike/document_valid_df.parquet");
    const entries = [
      `{dataset: bright/biology, qrels: ${qrels}biology.txt, queries: ${queries}}`,
      `{dataset: bright/economics, qrels: ${qrels}economics.txt}`,
      `{dataset: bright/sustainable_living, qrels: ${qrels}sustainable-living.txt}`,
    ];
    const declaration = `version: 1\nname: s\nsources: [{path: ${rows}}]\nleakage: {against: [${entries.join(", ")}]}\n`;
    const { card } = await buildSftSet(await put(one, "s.yaml", declaration), one.workspace);
    expect(card.leakage.sets.map(({ found }) => found["gold-document"])).toEqual([4, 2, 5]);
    expect(card.leakage.sets.every(({ missing }) => missing !== null)).toBe(true);
    expect(card.leakage.sets.map(({ compared }) => compared.queries)).toEqual([103, 0, 0]);
    expect(card.leakage.excluded).toMatchObject({ items: 56, byKind: { "gold-document": 4 + 2 + 5 } });
  });
});
