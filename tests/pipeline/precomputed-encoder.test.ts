import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJsonObject } from "../../harness/storage/jsonl.ts";
import { describeWithData } from "../real-data.ts";
import { npyMatrix } from "../storage/npy-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { cellFile, filesBelow, forecastsOf, type Lab, LIBRARY, openLab, runLab, runLines } from "./workspace.ts";

const folder = temporaryFolder();

const EXPERIMENT = `version: 1
name: small
retrievers:
  stored:
    kind: dense
    encoder:
      kind: precomputed
      document: {path: "{dataset}.npy", order: dataset}
      query: {path: "{queries}.jsonl"}
      scenario: {path: "{scenarios}.jsonl", idsOf: document}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix: {retriever: [stored], dataset: [library], scenarios: [rewrites], alpha: [0.5]}
comparison: {alpha: 0.5}
measures: [nDCG@10]
`;

/** Documents in the order of the corpus, on a circle: d1, d2, d3, d4, d5, q3. */
const DOCUMENTS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0.8, 0.6],
  [0, -1],
  [-0.6, 0.8],
];
const QUERIES = { q1: [5, 0], q2: [0, 3], q3: [-1, 0] };
/** As `SCENARIOS` has them; the second one of d1 is the direction of `q2`. */
const SCENARIO_VECTORS = [
  { id: "d1", vector: [0, -1] },
  { id: "d1", vector: [0, 1] },
  { id: "d2", vector: [1, 0] },
  { id: "d3", vector: [1, 0] },
  { id: "d5", vector: [1, 0] },
  { id: "q3", vector: [1, 0] },
  { id: "elsewhere", vector: [1, 0] },
];

async function openStored(name: string, experiment = EXPERIMENT): Promise<Lab> {
  const lab = await openLab(folder.path(name), { experiment });
  await writeFile(join(lab.folder, "library.npy"), npyMatrix(DOCUMENTS));
  await writeQueries(lab, "original", QUERIES);
  const rows = SCENARIO_VECTORS.map((row) => `${JSON.stringify(row)}\n`);
  await writeFile(join(lab.folder, "rewrites.jsonl"), rows.join(""));
  return lab;
}

async function writeQueries(lab: Lab, name: string, vectors: Readonly<Record<string, readonly number[]>>) {
  const rows = Object.entries(vectors).map(([id, vector]) => `${JSON.stringify({ id, vector })}\n`);
  await writeFile(join(lab.folder, `${name}.jsonl`), rows.join(""));
}

/** Scores of a query's documents. */
async function scoresOf(path: string, query: string): Promise<Readonly<Record<string, number>>> {
  const lines = (await runLines(path)).filter(([id]) => id === query);
  return Object.fromEntries(lines.map(([, , document, , score]) => [document, Number(score)]));
}

describe("a run with vectors made elsewhere", () => {
  it("scores by the cosines of the files, documents and scenarios", async () => {
    const lab = await openStored("scores");
    expect(Object.values(await forecastsOf(lab))).toEqual(["run", "run"]);
    // six documents, three queries, six scenarios
    expect((await runLab(lab)).work).toMatchObject({ encoded: 6 + 3 + 6, scored: 2 });
    const base = await scoresOf(cellFile(lab, "stored", "run.trec.gz"), "q1");
    expect(base["d1"]).toBe(1);
    expect(base["d4"]).toBeCloseTo(0.8, 6);
    expect(base["q3"]).toBeCloseTo(-0.6, 6);
    const [spike = ""] = [...(await filesBelow(lab.workspace.out)).keys()].filter((path) =>
      /alpha.*run\.trec\.gz$/.test(path),
    );
    const fused = await scoresOf(join(lab.workspace.out, spike), "q2");
    // half of the document's cosine, 0, and half of that of its best scenario, the second one
    expect(fused["d1"]).toBeCloseTo(0.5 * 0 + 0.5 * 1, 6);
    expect(fused["d2"]).toBeCloseTo(0.5 * 1 + 0.5 * 0, 6);
    expect(lab.said).toEqual([
      expect.stringMatching(/original\.jsonl: 2 of 3 rows did not have norm 1/),
      expect.stringMatching(/rewrites\.jsonl: 1 of 7 rows have ids that the data does not have/),
    ]);
    expect((await runLab(lab)).work).toMatchObject({ encoded: 0, scored: 0, cached: 2 });
  });

  it("copies only what changed when a file changes", async () => {
    const lab = await openStored("changed");
    await runLab(lab);
    await writeQueries(lab, "original", { ...QUERIES, q1: [0, 1] });
    expect((await runLab(lab)).work).toMatchObject({ encoded: 3, scored: 2 });
    expect((await scoresOf(cellFile(lab, "stored", "run.trec.gz"), "q1"))["d2"]).toBe(1);
  });

  it("takes a retriever for each query set, and refuses one for two", async () => {
    const encoder = `{kind: precomputed, document: {path: library.npy, order: dataset}, query: {path: "{queries}.jsonl"}}`;
    const experiment = (matrix: string) => `version: 1
name: small
retrievers:
  plain: {kind: dense, encoder: ${encoder}}
  reasoned: {kind: dense, encoder: ${encoder}}
queries: {thought: {path: thought-texts.jsonl}}
matrix: ${matrix}
measures: [nDCG@10]
`;
    const paired = `
  retriever: [plain, reasoned]
  dataset: [library]
  queries: [original, thought]
  exclude: [{retriever: plain, queries: thought}, {retriever: reasoned, queries: original}]`;
    const lab = await openStored("sets", experiment(paired));
    const texts = LIBRARY.queries.map(({ _id, text }) => `${JSON.stringify({ _id, text: `Think: ${text}` })}\n`);
    await writeFile(join(lab.folder, "thought-texts.jsonl"), texts.join(""));
    await writeQueries(lab, "thought", { ...QUERIES, q1: [0, 1] });
    const { cells, work } = await runLab(lab);
    // the documents' vectors are those of both
    expect(work).toMatchObject({ encoded: 6 + 3 + 3, scored: 2 });
    const best = await Promise.all(cells.map(async ({ run }) => (await scoresOf(run ?? "", "q1"))["d2"]));
    expect(best).toEqual([0, 1]);

    const mixed = "{retriever: [plain], dataset: [library], queries: [original, thought]}";
    const refused = await openLab(folder.path("mixed"), { experiment: experiment(mixed) });
    await writeFile(join(refused.folder, "thought-texts.jsonl"), texts.join(""));
    await expect(runLab(refused)).rejects.toMatchObject({ code: "SPEC_INVALID" });
    expect(await filesBelow(refused.workspace.out)).toEqual(new Map());
  });

  it("ends before anything is scored when ids have no vector", async () => {
    const lab = await openStored("lacking");
    await writeQueries(lab, "original", { q1: [1, 0] });
    await expect(runLab(lab)).rejects.toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining("2 (`q2`, `q3`)"),
    });
    expect(await filesBelow(lab.workspace.out)).toEqual(new Map());
  });
});

describeWithData("MiniLM's vectors of Cranfield", "classic/cranfield", (data) => {
  it("find every document by its own vector", { timeout: 60_000 }, async () => {
    const text = await readFile(join(data, "minilm-corpus.jsonl"), "utf8");
    const lines = text.split("\n").filter((line) => line !== "");
    const documents = lines.map((line) => parseJsonObject(line, "corpus"));
    const ids = documents.map(({ id }) => String(id));
    const experiment = `version: 1
name: small
retrievers:
  minilm:
    kind: dense
    encoder:
      kind: precomputed
      model: all-MiniLM-L6-v2
      document: {path: "${join(data, "minilm-doc-embeddings.npy")}", order: dataset}
      query: {path: "${join(data, "minilm-doc-embeddings.npy")}", ids: query-ids.txt}
matrix: {retriever: [minilm], dataset: [library]}
measures: [RR@10, R@1]
hits: 10
`;
    const lab = await openLab(folder.path("cranfield"), {
      experiment,
      dataset: {
        corpus: documents.map(({ id, title, text: body }) => ({ _id: id, title, text: body })),
        queries: ids.map((id) => ({ _id: `self-${id}`, text: "itself" })),
        qrels: ids.map((id) => [`self-${id}`, id, 1]),
      },
    });
    await writeFile(join(lab.folder, "query-ids.txt"), ids.map((id) => `self-${id}\n`).join(""));
    const { cells, work } = await runLab(lab);
    expect(work.encoded).toBe(2 * 1400);
    // the two documents without a text, 471 and 995, share a vector: of equal scores the larger id comes first
    expect(cells[0]?.values["R@1"]).toBeCloseTo(1399 / 1400, 12);
    expect(cells[0]?.values["RR@10"]).toBeCloseTo((1399 + 1 / 2) / 1400, 12);
    // unit vectors to the precision of float32: nothing was brought to norm 1 that was not there
    expect(lab.said).toEqual([]);
  });
});
