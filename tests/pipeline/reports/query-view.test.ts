import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { QueryView } from "../../../harness/domain/query-view.ts";
import { EXCERPTS_SCHEMA } from "../../../harness/pipeline/reports/excerpt-lines.ts";
import { viewQuery } from "../../../harness/pipeline/reports/query-view.ts";
import type { ExperimentLayout } from "../../../harness/storage/layout.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { EXPERIMENT, LIBRARY, openLab, runLab, runLines, SCENARIOS } from "../workspace.ts";

const folder = temporaryFolder();
let layout: ExperimentLayout;
const view = (query: string, choice: object = {}) => viewQuery(layout.resultFile, query, { hits: 10, ...choice });

beforeAll(async () => {
  const { run } = await runLab(await openLab(folder.path("lab")));
  layout = run.layout;
});

/** The texts that a run leaves for its page, of the lab's data. */
async function writeTexts(result: string): Promise<void> {
  const counts = new Map<string, number>();
  const lines = [
    {
      ...{ kind: "excerpts", schemaVersion: EXCERPTS_SCHEMA, key: "k", result, version: "1", ids: "refuse" },
      runFile: { name: "a.yaml", text: "" },
      cut: { queries: 9, documents: 9, scenarios: 9 },
    },
    ...LIBRARY.queries.map(({ _id: id, text }) => ({
      ...{ kind: "query", dataset: "library", querySet: "original", id, text },
      gold: LIBRARY.qrels.filter(([query]) => query === id).map(([, document, grade]) => [document, grade]),
    })),
    ...LIBRARY.corpus.map(({ _id: id, text }) => ({ kind: "document", dataset: "library", id, text })),
    ...SCENARIOS.map((row) => {
      const { _id: id, text } = row as { _id: string; text: string };
      const n = counts.get(id) ?? 0;
      counts.set(id, n + 1);
      return { kind: "scenario", dataset: "library", set: "rewrites", id: `${id}#${n}`, text };
    }),
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await writeFile(join(layout.folder, "excerpts.jsonl.gz"), gzipSync(text));
}

async function resultId(): Promise<string> {
  return JSON.parse(await readFile(layout.resultFile, "utf8")).id;
}

const systemsOf = ({ systems }: QueryView) => systems.map(({ retriever, spike }) => [retriever, spike?.alpha]);

describe("viewQuery", () => {
  it("shows every retriever at the declared alpha, in the order of the runs", async () => {
    const found = await view("q1");
    expect(systemsOf(found)).toEqual([
      ["bm25", 0.5],
      ["hashed", 0.5],
      ["both", 0.5],
    ]);
    const [bm25] = found.systems;
    const ranking = async (cell: string) =>
      (await runLines(layout.cell(cell).run)).filter(([query]) => query === "q1").map(([, , doc]) => doc);
    expect(bm25?.base.map(({ docId }) => docId)).toEqual(await ranking("library@bm25"));
    expect(bm25?.spike?.hits.map(({ docId }) => docId)).toEqual(await ranking("library@bm25+rewrites+alpha=0.5"));
    const values = gunzipSync(gzipSync(await readFile(layout.cell("library@bm25").values)));
    expect(JSON.parse(values.toString().split("\n")[0] ?? "")).toEqual({ query: "q1", values: bm25?.baseValues });
  });

  it("splits a score into those of document and scenario, and names the scenario that fired", async () => {
    const [system] = (await view("q1", { retriever: "hashed" })).systems;
    const hits = system?.spike?.hits ?? [];
    expect(hits.length).toBeGreaterThan(2);
    for (const { docId, score, channels } of hits) {
      const { document = Number.NaN, scenario } = channels ?? {};
      // without a usable scenario the document counts alone
      expect(score).toBeCloseTo(scenario ? 0.5 * document + 0.5 * scenario.score : document, 5);
      if (scenario) expect(scenario.id).toMatch(new RegExp(`^${docId}#\\d$`));
    }
    expect(hits.find(({ docId }) => docId === "d4")?.channels?.scenario).toBeNull();
    expect(hits.find(({ docId }) => docId === "d1")?.channels?.scenario?.id).toMatch(/^d1#[01]$/);
  });

  it("tells where the base has each hit", async () => {
    const [system] = (await view("q1", { retriever: "hashed" })).systems;
    for (const { docId, baseRank } of system?.spike?.hits ?? []) {
      const place = system?.base.findIndex((hit) => hit.docId === docId) ?? -1;
      expect(baseRank).toBe(place < 0 ? null : place + 1);
    }
  });

  it("shows a point of the sweep, and as many hits as are asked for", async () => {
    const found = await view("q2", { retriever: "bm25", alpha: 1, hits: 2 });
    expect(systemsOf(found)).toEqual([["bm25", 1]]);
    expect(found.systems[0]?.base.length).toBeLessThanOrEqual(2);
    expect(found.systems[0]?.spike?.hits.length).toBeLessThanOrEqual(2);
  });

  it("has no scores by channel for merged rankings", async () => {
    const [system] = (await view("q1", { retriever: "both" })).systems;
    expect(system?.spike?.hits.every(({ channels }) => channels === null)).toBe(true);
  });

  it("has texts and marks relevant documents where the run has left them, and says so where not", async () => {
    await rm(join(layout.folder, "excerpts.jsonl.gz"));
    const without = await view("q1");
    expect(without.notes).toHaveLength(1);
    expect(without.systems[0]).toMatchObject({ relevant: null });
    await writeTexts(await resultId());
    const found = await view("q1", { retriever: "hashed" });
    expect(found.notes).toEqual([]);
    expect(found.texts).toEqual([
      { dataset: "library", querySet: "original", text: "Why does a membrane let water pass?" },
    ]);
    const [system] = found.systems;
    const hit = system?.spike?.hits.find(({ docId }) => docId === "d1");
    expect(hit).toMatchObject({ grade: 2, text: LIBRARY.corpus[0].text });
    expect(SCENARIOS).toContainEqual({ _id: "d1", text: hit?.channels?.scenario?.text });
    expect(system?.relevant?.map(({ docId, grade }) => [docId, grade])).toEqual([
      ["d1", 2],
      ["d4", 1],
    ]);
    expect(system?.relevant?.[0]?.rank).toBe(hit?.rank);
    await writeTexts("of another result");
    expect((await view("q1")).notes).toHaveLength(1);
    await rm(join(layout.folder, "excerpts.jsonl.gz"));
  });

  it("takes the alpha that most folds have chosen where none was declared", async () => {
    const experiment = EXPERIMENT.replace("comparison: {alpha: 0.5}\n", "");
    const { run } = await runLab(await openLab(folder.path("fitted"), { experiment }));
    const result = JSON.parse(await readFile(run.layout.resultFile, "utf8"));
    const { systems } = await viewQuery(run.layout.resultFile, "q1", { hits: 1, retriever: "bm25" });
    const { alphas } = result.comparison.rows[0].crossFitted as { alphas: number[] };
    const count = (alpha: number | undefined) => alphas.filter((one) => one === alpha).length;
    const shown = systems[0]?.spike?.alpha;
    expect(count(shown)).toBe(Math.max(...alphas.map(count)));
  });

  it("shows the base alone where there are no scenarios", async () => {
    const experiment = "version: 1\nname: small\nmatrix: {retriever: [bm25], dataset: [library]}\nmeasures: [RR]\n";
    const { run } = await runLab(await openLab(folder.path("base"), { experiment }));
    const { systems } = await viewQuery(run.layout.resultFile, "q2", { hits: 3 });
    expect(systems).toMatchObject([{ retriever: "bm25", spike: null }]);
  });

  it("refuses a query or an axis that there is not", async () => {
    await expect(view("q9")).rejects.toMatchObject({ code: "USAGE" });
    await expect(view("q1", { retriever: "none" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(view("q1", { alpha: 0.3 })).rejects.toMatchObject({ code: "USAGE" });
    await expect(viewQuery(folder.path("none.json"), "q1", { hits: 1 })).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });
});
