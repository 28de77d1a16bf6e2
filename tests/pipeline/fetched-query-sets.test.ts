import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { fetchDatasets } from "../../harness/pipeline/datasets/fetch-datasets.ts";
import { writeBeirFolder } from "../datasets/beir-folder.ts";
import { hubStandIn } from "../remote/hub-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { openLab, runLab } from "./workspace.ts";

const golden = resolve(import.meta.dirname, "../golden/duckdb/bright");
const COMMIT = "c".repeat(40);
const temporary = temporaryFolder();
const hub = hubStandIn();
let labs = 0;

/** Files of a BRIGHT-like repository: documents, examples, and one of the two query sets that the card names. */
async function repositoryFiles() {
  const names = (await readdir(golden, { recursive: true })).filter((name) => name.endsWith(".parquet"));
  const files: Record<string, { content: Buffer; lfs: boolean }> = {};
  for (const name of names) files[name] = { content: await readFile(join(golden, name)), lfs: true };
  return files;
}

async function openFetchedLab(queries: string) {
  const folder = temporary.path(String(labs++));
  await mkdir(folder);
  const cards = join(folder, "cards");
  await mkdir(cards);
  await writeFile(
    join(cards, "b.yaml"),
    `summary: b\nsource: {hub: [{repository: owner/set, revision: ${COMMIT}}]}\n` +
      `format: {kind: bright, subset: toy, duplicateIds: last}\npolicy: {selfId: keep, docText: text}\n` +
      "querySets: {gpt4_reason: {queries: gpt4_reason}, grit_reason: {queries: grit_reason}}\n",
  );
  const experiment =
    `version: 1\nname: small\nmeasures: [nDCG@10]\nids: percent-encode\n` +
    `matrix: {retriever: [bm25], dataset: [b], queries: ${queries}}\n`;
  return await openLab(folder, {
    experiment,
    workspace: { cardFolders: [cards], data: new Map(), hub: hub.settings(join(folder, "hub")) },
  });
}

async function fetchAll(lab: Awaited<ReturnType<typeof openFetchedLab>>) {
  for await (const report of fetchDatasets(["b"], lab.workspace)) expect(report.remote).toBe(true);
}

describe("query sets of a card", () => {
  beforeEach(async () => hub.serve({ "owner/set": { commit: COMMIT, files: await repositoryFiles() } }));

  it("are fetched with the dataset and read by a run, which asks the network for nothing", async () => {
    const lab = await openFetchedLab("[original, gpt4_reason]");
    await fetchAll(lab);
    await hub.log();
    const { cells } = await runLab(lab);
    expect(cells.map(({ system }) => system)).toEqual(["bm25", "bm25+queries=gpt4_reason"]);
    expect(await hub.log()).toEqual([]);
    const result = JSON.parse(await readFile(join(lab.workspace.out, "runs/small/result.json"), "utf8"));
    expect(result.datasets[0].origin).toEqual([`owner/set@${COMMIT}`]);
  });

  it("that the source lacks do not stop the fetch, but a run that wants them", async () => {
    const lab = await openFetchedLab("[grit_reason]");
    await fetchAll(lab);
    await expect(runLab(lab)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("are refused for a folder that is given in place of the hub", async () => {
    const lab = await openFetchedLab("[gpt4_reason]");
    const data = new Map([["b", await writeBeirFolder(join(lab.folder, "beir"))]]);
    const given = { ...lab, workspace: { ...lab.workspace, data } };
    await expect(runLab(given)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});

describe("a folder given for a dataset of the hub", () => {
  it("is read as BEIR's, with the split of the card", async () => {
    const lab = await openFetchedLab("[original]");
    await writeFile(
      join(lab.folder, "cards/b.yaml"),
      `summary: b\nsource: {hub: [{repository: owner/set, revision: ${COMMIT}}]}\n` +
        "format: {kind: tables, qrels: {split: dev}}\n",
    );
    const folder = await writeBeirFolder(join(lab.folder, "beir"));
    await writeFile(join(folder, "qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq2\td2\t1\n");
    const { run } = await runLab({ ...lab, workspace: { ...lab.workspace, data: new Map([["b", folder]]) } });
    expect([...(run.materials.datasets.get("b")?.dataset.qrels.keys() ?? [])]).toEqual(["q2"]);
  });
});
