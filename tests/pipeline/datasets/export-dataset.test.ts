import { describe, expect, it } from "vitest";
import { loadDataset } from "../../../harness/datasets/load-dataset.ts";
import { listLocalFiles } from "../../../harness/datasets/local-files.ts";
import { createFormat } from "../../../harness/datasets/registry.ts";
import { docId } from "../../../harness/domain/ids.ts";
import { DEFAULT_POLICY } from "../../../harness/domain/policy.ts";
import { exportDataset } from "../../../harness/pipeline/datasets/export-dataset.ts";
import { datasetOf, plainQrels } from "../../datasets/in-memory.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const temporary = temporaryFolder();

describe("exportDataset", () => {
  it("writes a BEIR folder that reads back as the same dataset", async () => {
    const texts = { "d 1": "line\nbreak and \u{1F9EC}", "0012": "", "d/3": '"quoted"' };
    const dataset = datasetOf(texts, { q1: { "d 1": 2, "d/3": 0 }, q2: { "0012": 1 } }, { q2: ["d/3"] });
    const folder = temporary.path("out");
    expect(await exportDataset(dataset, folder)).toEqual({ folder, documents: 3, queries: 2 });
    const format = createFormat({ kind: "beir" });
    const files = await listLocalFiles(folder);
    const back = await loadDataset({ id: "set", format, files, policy: DEFAULT_POLICY, strict: true });
    expect(back.docIds).toEqual(dataset.docIds);
    expect(back.queries).toEqual(dataset.queries);
    expect(plainQrels(back)).toEqual(plainQrels(dataset));
    const read: string[] = [];
    for await (const { text } of back.corpus.views()) read.push(text);
    expect(read).toEqual(Object.values(texts));
  });

  it("overwrites nothing: the folder could be the one that is read", async () => {
    const dataset = datasetOf({ a: "x" }, { q1: { a: 1 } });
    await exportDataset(dataset, temporary.path("twice"));
    await expect(exportDataset(dataset, temporary.path("twice"))).rejects.toMatchObject({ code: "USAGE" });
  });

  it("refuses an id that a TSV file cannot hold", async () => {
    const dataset = datasetOf({ a: "x" }, { q1: { a: 1 } });
    const qrels = new Map([...dataset.qrels].map(([query]) => [query, new Map([[docId("a\tb"), 1]])]));
    await expect(exportDataset({ ...dataset, qrels }, temporary.path("bad"))).rejects.toMatchObject({
      code: "ID_NOT_WRITABLE",
    });
  });
});
