import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DatasetCheck } from "../../harness/domain/dataset-facts.ts";
import { checkDatasets } from "../../harness/pipeline/datasets/check-dataset.ts";
import { importDataset } from "../../harness/pipeline/datasets/import-dataset.ts";
import { importFormat } from "../../harness/pipeline/datasets/import-format.ts";
import type { Workspace } from "../../harness/pipeline/workspace.ts";
import { writeBeirFolder } from "../datasets/beir-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { openLab, runLab } from "./workspace.ts";

const temporary = temporaryFolder();
let labs = 0;

async function check(id: string, workspace: Workspace): Promise<DatasetCheck | undefined> {
  for await (const one of checkDatasets([id], workspace)) return one;
  return undefined;
}

/** A lab whose datasets have cards. */
async function labWithCards(experiment: string) {
  const folder = temporary.path(`lab-${labs++}`);
  await mkdir(folder, { recursive: true });
  const cards = join(folder, "cards");
  const lab = await openLab(folder, { experiment, workspace: { cardFolders: [cards] } });
  await writeBeirFolder(join(cards, "one"));
  await writeBeirFolder(join(cards, "two"));
  await writeFile(join(cards, "one.yaml"), "summary: one\nformat: {kind: beir}\ncounts: {documents: 3, queries: 2}\n");
  await writeFile(join(cards, "two.yaml"), "summary: two\nformat: {kind: beir}\ncounts: {documents: 4}\n");
  return { ...lab, cards };
}

async function report({ workspace }: { readonly workspace: Workspace }): Promise<string> {
  return await readFile(join(workspace.out, "reports/small/report.txt"), "utf8");
}

const BASE = "version: 1\nname: small\nmeasures: [nDCG@10]\n";

describe("datasets check", () => {
  it("says of every figure whether it is the card's", async () => {
    const { workspace } = await labWithCards(BASE);
    const figures = (await check("one", workspace))?.figures ?? [];
    expect(figures.slice(0, 3)).toEqual([
      { name: "documents", expected: 3, found: 3, verdict: "same" },
      { name: "queries", expected: 2, found: 2, verdict: "same" },
      { name: "judgements", expected: null, found: 3, verdict: "unknown" },
    ]);
    const differing = (await check("two", workspace))?.figures.filter(({ verdict }) => verdict === "differs");
    expect(differing).toEqual([{ name: "documents", expected: 4, found: 3, verdict: "differs" }]);
  });
});

describe("datasets import", () => {
  it("writes a card under which the folder is then found, with the counts it has", async () => {
    const folder = await writeBeirFolder(temporary.path("plain"));
    const cards = temporary.path("imported");
    const format = importFormat("beir", { split: "test", documents: undefined, queries: undefined, qrels: undefined });
    const { card, counts } = await importDataset({ id: "my/set", folder, format, cards });
    expect(counts).toEqual({ documents: 3, queries: 2, judgements: 3 });
    expect(await readFile(card, "utf8")).toContain("../../plain");
    const lab = await labWithCards(BASE);
    const workspace = { ...lab.workspace, cardFolders: [cards] };
    expect((await check("my/set", workspace))?.figures.filter(({ verdict }) => verdict === "same").length).toBe(3);
    await expect(importDataset({ id: "my/set", folder, format, cards })).rejects.toMatchObject({ code: "USAGE" });
  });

  it("reads CSV files with a header", async () => {
    const folder = temporary.path("csv");
    await mkdir(folder);
    await writeFile(join(folder, "corpus.csv"), '_id,title,text\nd1,T,"hello, world"\n');
    await writeFile(join(folder, "queries.csv"), "_id,text\nq1,hello\n");
    await writeFile(join(folder, "qrels.csv"), "query-id,corpus-id,score\nq1,d1,1\n");
    const format = importFormat("csv", { split: "", documents: undefined, queries: undefined, qrels: undefined });
    const { counts } = await importDataset({ id: "csv", folder, format, cards: temporary.path("imported") });
    expect(counts).toEqual({ documents: 1, queries: 1, judgements: 1 });
  });

  it.each(["../up", "a b", "", "a,b", "C:x"])("refuses the id `%s`", async (id) => {
    const folder = await writeBeirFolder(temporary.path("plain"));
    const request = { id, folder, format: { kind: "beir" }, cards: temporary.path("imported") };
    await expect(importDataset(request)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("wants the files of a TREC collection named", () => {
    const files = { split: "", documents: "a", queries: undefined, qrels: "q" };
    expect(() => importFormat("trec", files)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("a run file", () => {
  it("names a group, which is averaged with equal weight", async () => {
    const lab = await labWithCards(`${BASE}matrix: {retriever: [bm25], dataset: [both]}\n`);
    await writeFile(join(lab.cards, "both.yaml"), "summary: both\nmembers: [one, two]\n");
    await writeFile(join(lab.cards, "two.yaml"), "summary: two\nformat: {kind: beir}\n");
    await runLab(lab);
    const text = await report(lab);
    expect(text.split("\n").filter((line) => /│ (one|two|both \(mean of 2\)) +│/.test(line)).length).toBe(3);
  });

  it("takes query sets that a card declares, and says which there are", async () => {
    const queries = (name: string) =>
      `${BASE}matrix: {retriever: [bm25], dataset: [one], queries: [original, ${name}]}\n`;
    const lab = await labWithCards(queries("train"));
    await writeFile(
      join(lab.cards, "one.yaml"),
      "summary: one\nformat: {kind: beir}\nquerySets: {train: {split: train}, other: {split: nowhere}}\n",
    );
    await writeFile(join(lab.cards, "one/qrels/train.tsv"), await readFile(join(lab.cards, "one/qrels/test.tsv")));
    const { cells } = await runLab(lab);
    expect(cells.map(({ system }) => system)).toEqual(["bm25", "bm25+queries=train"]);
    await writeFile(lab.file, queries("tarin"));
    await expect(runLab(lab)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });

  it("overrides policies, replaces judgements and takes samples, and its reports say so", async () => {
    const lab = await labWithCards(
      `${BASE}matrix: {retriever: [bm25], dataset: [one]}\npolicy: {qrels: mine, duplicates: expand-gold}\n` +
        "qrels: {mine: {path: '{dataset}.qrels'}}\nlimit: {queries: 1, documents: 2}\n",
    );
    await writeFile(join(lab.folder, "one.qrels"), "q1 0 d1 1\nq2 0 d2 1\n");
    await runLab(lab);
    const text = await report(lab);
    expect(text).toContain("This is a sample: 2 of 3 documents, 1 of 2 queries");
    expect(text).toContain("qrels mine");
    expect(text).toContain("duplicates expand-gold");
  });

  it("refuses judgements that it does not declare", async () => {
    const lab = await labWithCards(`${BASE}matrix: {retriever: [bm25], dataset: [one]}\npolicy: {qrels: mine}\n`);
    await expect(runLab(lab)).rejects.toMatchObject({ code: "SPEC_INVALID", where: expect.stringMatching(/:5:17$/) });
  });
});
