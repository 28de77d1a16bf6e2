import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluateFiles } from "../../../harness/pipeline/compare/evaluate-files.ts";
import { inspectPlan } from "../../../harness/pipeline/forecast/inspect-plan.ts";
import { throwIfFailed } from "../../../harness/pipeline/reports/write-reports.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { cellFile, EXPERIMENT, edit, filesBelow, LIBRARY, openLab, runLab, runLines, SCENARIOS } from "../workspace.ts";

const folder = temporaryFolder();

describe("runExperiment and writeReports", () => {
  it("leave every cell with its files, those that fuse with scores by channel, and the reports with their charts", async () => {
    const lab = await openLab(folder.path("whole"));
    const { cells, work } = await runLab(lab);
    expect(cells.map(({ system }) => system)).toEqual(
      ["bm25", "hashed", "both"].flatMap((name) => [
        name,
        ...[0, 0.5, 1].map((alpha) => `${name}+rewrites+alpha=${alpha}`),
      ]),
    );
    expect(work).toEqual({ encoded: 6 + 6 + 3, scored: 12, evaluated: 12, cached: 0 });
    const inCells = cells.flatMap(({ system }) =>
      [
        ...["manifest.json", "run.trec.gz", "values.jsonl"],
        ...(system.includes("alpha") && !system.startsWith("both") ? ["channels.parquet"] : []),
      ].map((name) => `runs/small/library@${system}/${name}`),
    );
    const reports = [
      ...["comparisons.csv", "curves.csv", "report.csv", "report.md", "report.tex", "report.txt"],
      ...["index.html", "page.json"],
    ].map((name) => `reports/small/${name}`);
    const beside = ["result.json", "excerpts.jsonl.gz"].map((name) => `runs/small/${name}`);
    const names = [...(await filesBelow(lab.workspace.out)).keys()];
    const isChart = (name: string) => name.startsWith("reports/small/charts/");
    expect(names.filter((name) => !isChart(name)).sort()).toEqual([...reports, ...inCells, ...beside].sort());
    // three measures and three retrievers: the differences, the curves, the queries and recall
    expect(names.filter(isChart)).toHaveLength(3 + 3 * 3 + 3 + 3);
  });

  it("give the values that an evaluation of the run files alone gives", async () => {
    const lab = await openLab(folder.path("values"));
    const { cells } = await runLab(lab);
    for (const { run, values, system } of cells) {
      const qrels = join(lab.folder, "data", "qrels", "test.tsv");
      const evaluated = await evaluateFiles({ run: run ?? "", qrels, measures: Object.keys(values), perQuery: true });
      expect(values, system).toEqual(evaluated.values);
      const lines = (await readFile(cellFile(lab, system, "values.jsonl"), "utf8")).trim().split("\n");
      const written = lines.map((line) => JSON.parse(line) as { query: string; values: object });
      expect(written.map(({ query, values }) => [query, values])).toEqual([...(evaluated.perQuery ?? [])]);
    }
  });

  it("fuse by hand-checkable arithmetic: alpha * document + (1 - alpha) * the best scenario", async () => {
    const lab = await openLab(folder.path("by-hand"));
    const { cells } = await runLab(lab);
    const scoreOf = async (system: string, query: string, doc: string) => {
      const path = cells.find((cell) => cell.system === system)?.run ?? null;
      const line = (await runLines(path)).find((fields) => fields[0] === query && fields[2] === doc);
      return line === undefined ? undefined : Number(line[4]);
    };
    for (const [query, doc] of [
      ["q1", "d1"],
      ["q2", "d2"],
      ["q3", "d3"],
    ] as const) {
      const document = (await scoreOf("hashed", query, doc)) ?? Number.NaN;
      const scenario = (await scoreOf("hashed+rewrites+alpha=0", query, doc)) ?? Number.NaN;
      const half = await scoreOf("hashed+rewrites+alpha=0.5", query, doc);
      expect(half, doc).toBeCloseTo(0.5 * document + (1 - 0.5) * scenario, 12);
    }
    // without a scenario, or with noise alone, the document's own score stands at every alpha
    for (const doc of ["d4", "d5"]) {
      expect(await scoreOf("hashed+rewrites+alpha=0", "q1", doc)).toBe(await scoreOf("hashed", "q1", doc));
    }
    const ranks = async (system: string) => (await scoreOf(system, "q1", "d1")) !== undefined;
    expect(await ranks("both")).toBe(true);
    // first in both rankings
    const [first] = await runLines(cells.find(({ system }) => system === "both")?.run ?? null);
    expect(first?.[4]).toBe(String(1 / (60 + 1) + 1 / (60 + 1)));
  });

  it("never return what a query excludes, nor a document with the query's own id", async () => {
    const { cells } = await runLab(await openLab(folder.path("forbidden")));
    for (const { run } of cells) {
      const pairs = (await runLines(run)).map(([query, , doc]) => `${query} ${doc}`);
      expect(pairs).not.toContain("q2 d4");
      expect(pairs).not.toContain("q3 q3");
    }
  });

  it("give the same bytes in another folder and with more jobs", async () => {
    const one = await openLab(folder.path("jobs-1"));
    const four = await openLab(folder.path("jobs-4"));
    await runLab(one, { jobs: 1 });
    await runLab(four, { jobs: 4 });
    expect(await filesBelow(four.workspace.out)).toEqual(await filesBelow(one.workspace.out));
  });

  it("run a merged retriever whose members are not in the matrix, and leave them out of the report", async () => {
    const experiment = EXPERIMENT.replace("retriever: [bm25, hashed, both]", "retriever: [both]");
    const lab = await openLab(folder.path("unlisted"), { experiment });
    const { cells, work } = await runLab(lab);
    expect([...new Set(cells.map(({ retriever }) => retriever))]).toEqual(["both"]);
    expect(work.scored).toBe(12);
    expect((await inspectPlan(lab.file, lab.workspace)).cells.map(({ system }) => system)).toEqual(
      cells.map(({ system }) => system),
    );
  });

  it("run other texts for the queries as an axis", async () => {
    const experiment = EXPERIMENT.replace("  alpha:", "  queries: [original, reasoned]\n  alpha:").replace(
      "matrix:",
      "queries:\n  reasoned: {path: 'reasoned-{dataset}.jsonl'}\nmatrix:",
    );
    const lab = await openLab(folder.path("queries"), { experiment });
    const texts = LIBRARY.queries.map(({ _id }) => `${JSON.stringify({ _id, text: "supply and demand" })}\n`).join("");
    await writeFile(join(lab.folder, "reasoned-library.jsonl"), texts);
    const { cells } = await runLab(lab);
    expect(cells).toHaveLength(2 * 12);
    const [best] = await runLines(cells.find(({ system }) => system === "bm25+queries=reasoned")?.run ?? null);
    expect(best?.slice(0, 3)).toEqual(["q1", "Q0", "d2"]);
    const { cells: again } = await runLab(lab);
    expect(again.every(({ status }) => status === "cached")).toBe(true);
  });

  it("say in the report what the preset spike-paper implies", async () => {
    const experiment = `${EXPERIMENT.replace("  alpha:", "  fusion: [default, paper]\n  alpha:")}fusions:\n  paper: {preset: spike-paper}\n`;
    const lab = await openLab(folder.path("preset"), { experiment });
    const { cells } = await runLab(lab);
    const report = await readFile(join(lab.workspace.out, "reports", "small", "report.md"), "utf8");
    expect(report).toContain("alpha 1 is not the base retriever");
    expect(report).toContain("a document without scenarios can never be returned");
    const paper = await runLines(
      cells.find(({ system }) => system === "hashed+rewrites+fusion=paper+alpha=1")?.run ?? null,
    );
    expect(paper.some(([, , doc]) => doc === "d4")).toBe(false);
    // noise scenarios count in the released code
    expect(paper.some(([, , doc]) => doc === "d5")).toBe(true);
  });
});

describe("ids that a TREC file cannot carry", () => {
  const corpus = LIBRARY.corpus.map((document) => ({ ...document, _id: document._id.replace("d1", "d 1%") }));
  const dataset = { ...LIBRARY, corpus, qrels: [["q1", "d 1%", 1]] as const };
  const scenarios = SCENARIOS.map((row) => JSON.parse(JSON.stringify(row).replace('"d1"', '"d 1%"')) as object);

  it("are refused before any work", async () => {
    const lab = await openLab(folder.path("refuse"), { dataset, scenarios });
    await expect(runLab(lab)).rejects.toMatchObject({ code: "ID_NOT_WRITABLE", exitCode: 2 });
    expect(await filesBelow(lab.workspace.out)).toEqual(new Map());
    expect(await filesBelow(lab.workspace.cache)).toEqual(new Map());
  });

  it("are percent-encoded in run files and evaluated as they are in the data", async () => {
    const experiment = `${EXPERIMENT}ids: percent-encode\n`;
    const lab = await openLab(folder.path("encode"), { dataset, scenarios, experiment });
    const { cells } = await runLab(lab);
    for (const { run, values } of cells) {
      expect((await runLines(run)).some(([, , doc]) => doc === "d%201%25")).toBe(true);
      expect(values["R@100"]).toBe(1);
    }
  });
});

describe("keep-going", () => {
  it("shows a failed group as failed and finishes the others", async () => {
    const lab = await openLab(folder.path("keep-going"));
    await runLab(lab);
    await rm(join(lab.workspace.out, "runs", "small", "library@bm25"), { recursive: true });
    await writeFile(join(lab.workspace.out, "runs", "small", "library@bm25"), "in the way");
    await edit(lab.file, "dimensions: 16", "dimensions: 32");
    const { cells, reports, run } = await runLab(lab, { keepGoing: true, jobs: 2 });
    const failed = cells.filter(({ status }) => status === "failed").map(({ system }) => system);
    // the base of `both` needs the base of bm25; its SPIKE cells have what they need
    expect(failed).toEqual(["bm25", "both"]);
    expect(cells.filter(({ retriever }) => retriever === "hashed").every(({ status }) => status === "done")).toBe(true);
    expect(cells.find(({ system }) => system === "bm25")).toMatchObject({ values: {}, run: null });
    expect(cells.find(({ system }) => system === "bm25")?.error).toContain("NOT_WRITABLE");
    expect(cells.find(({ system }) => system === "both")?.error).toContain("`bm25`");
    const result = JSON.parse(await readFile(run.layout.resultFile, "utf8")) as { cells: { status: string }[] };
    expect(result.cells.filter(({ status }) => status === "failed")).toHaveLength(2);
    expect(await readFile(run.layout.reportFile("md"), "utf8")).toContain("2 of 12 cells failed.");
    expect(() => throwIfFailed(reports)).toThrow(expect.objectContaining({ code: "CELLS_FAILED", exitCode: 1 }));
    expect(lab.said.some((line) => line.startsWith("failed: bm25"))).toBe(true);
  });

  it("without it the first failure ends the run", async () => {
    const lab = await openLab(folder.path("stop"));
    await runLab(lab);
    const manifest = cellFile(lab, "hashed", "run.trec.gz");
    await rm(manifest);
    await rm(join(lab.workspace.out, "runs", "small", "library@hashed"), { recursive: true });
    await writeFile(join(lab.workspace.out, "runs", "small", "library@hashed"), "in the way");
    await expect(runLab(lab)).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    const names = [...(await filesBelow(lab.workspace.out)).keys()];
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
