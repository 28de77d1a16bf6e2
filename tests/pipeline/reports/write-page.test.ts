import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../../harness/domain/result.ts";
import { rebuildReport } from "../../../harness/pipeline/reports/rebuild-report.ts";
import { rebuildPage } from "../../../harness/pipeline/reports/write-page.ts";
import { experimentLayout } from "../../../harness/storage/layout.ts";
import { dataOf } from "../../report/page/page-fixture.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { EXPERIMENT, edit, filesBelow, type Lab, LIBRARY, openLab, runLab, SCENARIOS } from "../workspace.ts";

const folder = temporaryFolder();

const layoutOf = ({ workspace }: Lab) => experimentLayout(workspace.out, "small");
const pageOf = async (lab: Lab) => await readFile(layoutOf(lab).pageFile, "utf8");

async function resultOf(lab: Lab): Promise<ExperimentResult> {
  return JSON.parse(await readFile(layoutOf(lab).resultFile, "utf8"));
}

/** As `spikebench report` does, of one result that lies where it was written. */
async function rebuild(lab: Lab, result: ExperimentResult): Promise<void> {
  const layout = layoutOf(lab);
  const sources = [{ folder: layout.folder, id: result.id }];
  await rebuildPage({ result, layout, sources, sourceOf: () => 0 });
}

describe("writeRunPage", () => {
  it("shows both rankings of every query, with their values, channels and matched scenarios", async () => {
    const lab = await openLab(folder.path("shown"));
    const { cells } = await runLab(lab);
    const [data] = dataOf(await pageOf(lab));
    expect(data?.measures).toEqual(["nDCG@10", "R@100", "RR@10"]);
    expect(data?.systems).toEqual(["bm25", "hashed", "both"].map((name) => ({ name, choice: "fixed" })));
    expect(data?.queries.map(({ id, text, relevant }) => [id, text, relevant])).toEqual(
      LIBRARY.queries.map(({ _id, text }) => [_id, text, _id === "q1" ? 2 : 1]),
    );
    for (const [at, system] of ["bm25", "hashed", "both"].entries()) {
      const own = data?.queries.map(({ answers }) => answers[at]) ?? [];
      const mean = (values: readonly (number | undefined)[]) =>
        values.reduce<number>((sum, one) => sum + (one ?? 0), 0) / 3;
      const cell = (name: string) => cells.find((one) => one.system === name)?.values["nDCG@10"];
      expect(mean(own.map((answer) => answer?.base.values[0]))).toBeCloseTo(cell(system) ?? Number.NaN, 12);
      expect(mean(own.map((answer) => answer?.spike?.values[0]))).toBeCloseTo(
        cell(`${system}+rewrites+alpha=0.5`) ?? Number.NaN,
        12,
      );
    }
    const names = data?.documents.map(([id]) => id);
    // the second query of hashed: every hit is 0.5 of its document and 0.5 of its best scenario, or its document alone
    for (const [document = 0, score, own = 0, scenario, at = -1] of data?.queries[1]?.answers[1]?.spike?.hits ?? []) {
      const id = names?.[document];
      expect(score).toBeCloseTo(scenario == null ? own : 0.5 * own + 0.5 * scenario, 5);
      expect(
        SCENARIOS.some((row) => "_id" in row && row._id === id && "text" in row && row.text === data?.scenarios[at]),
      ).toBe(scenario != null);
    }
    // a merged ranking has no channels
    expect(data?.queries[1]?.answers[2]?.spike?.hits.every((hit) => hit.length === 2)).toBe(true);
  });

  it("shows titles apart from texts, and the ranks of relevant documents in the whole rankings", async () => {
    const lab = await openLab(folder.path("titles"));
    await runLab(lab);
    const [data] = dataOf(await pageOf(lab));
    expect(new Map(data?.documents.map(([id, text]) => [id, text])).get("d4")).toBe(
      "Salt — Salt lowers the freezing point of water.",
    );
    const [first] = data?.queries ?? [];
    const ranked = first?.answers[1]?.base;
    for (const [at, [document]] of first?.gold.entries() ?? []) {
      expect(ranked?.goldRanks[at]).toBe((ranked?.hits.findIndex((hit) => hit[0] === document) ?? -1) + 1);
    }
  });

  it("is there before a run that finds everything finished, which leaves it alone", async () => {
    const lab = await openLab(folder.path("again"));
    await runLab(lab);
    const files = await filesBelow(lab.workspace.out);
    const { mtimeMs } = await stat(layoutOf(lab).pageFile);
    await runLab(lab);
    expect((await stat(layoutOf(lab).pageFile)).mtimeMs).toBe(mtimeMs);
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
  });

  it("is mended when one of its files was changed or lost, and loses those of an earlier page", async () => {
    const lab = await openLab(folder.path("mended"));
    await runLab(lab);
    const files = await filesBelow(lab.workspace.out);
    const { chartFolder, pageFile } = layoutOf(lab);
    await rm(join(chartFolder, "recall-bm25-library.svg"));
    await writeFile(join(chartFolder, "recall-gone-library.svg"), "<svg/>");
    await edit(pageFile, "<title>small", "<title>other");
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
  });

  it("mends excerpts that are broken", async () => {
    const lab = await openLab(folder.path("broken"));
    await runLab(lab);
    const { excerptsFile, pageRecord } = layoutOf(lab);
    const whole = await readFile(excerptsFile);
    await writeFile(excerptsFile, gzipSync('{"kind":"excerpts"}\n'));
    await rm(pageRecord);
    await runLab(lab);
    expect((await readFile(excerptsFile)).equals(whole)).toBe(true);
  });

  it("tells what the run took where it is asked to", async () => {
    const lab = await openLab(folder.path("costs"));
    await runLab(lab, { costs: true });
    expect(await pageOf(lab)).toContain("15 texts encoded");
    await runLab(lab);
    expect(await pageOf(lab)).not.toContain("texts encoded");
  });

  it("shows each query at the alpha of its own fold under cross-fitting", async () => {
    const experiment = EXPERIMENT.replace("{alpha: 0.5}", "{alpha: cross-fitted, folds: 3}");
    const lab = await openLab(folder.path("fitted"), { experiment });
    await runLab(lab);
    const { comparison } = await resultOf(lab);
    const [data] = dataOf(await pageOf(lab));
    for (const [at, { name, choice }] of data?.systems.entries() ?? []) {
      expect(choice).toBe("cross-fitted");
      const own = comparison?.rows.find(({ retriever, measure }) => retriever === name && measure === "nDCG@10");
      const answers = data?.queries.map(({ answers: all }) => all[at]) ?? [];
      // three queries in three folds: as many alphas, in another order
      expect(answers.map((answer) => answer?.alpha).sort()).toEqual([...(own?.crossFitted?.alphas ?? [])].sort());
      const mean = answers.reduce((sum, answer) => sum + (answer?.spike?.values[0] ?? 0), 0) / answers.length;
      expect(mean).toBeCloseTo(own?.crossFitted?.mean ?? Number.NaN, 12);
    }
  });

  it("leaves out a system whose base failed, and shows the base where SPIKE's cell failed", async () => {
    const lab = await openLab(folder.path("failed"));
    await runLab(lab);
    const result = await resultOf(lab);
    const cells = result.cells.map((cell) => {
      const isFailed = cell.system === "bm25" || cell.system === "hashed+rewrites+alpha=0.5";
      return isFailed ? { ...cell, status: "failed" as const, error: "no room", run: null, values: {} } : cell;
    });
    await rebuild(lab, { ...result, cells });
    const [data] = dataOf(await pageOf(lab));
    expect(data?.systems.map(({ name, choice }) => [name, choice])).toEqual([
      ["hashed", null],
      ["both", "fixed"],
    ]);
    expect(data?.queries.every(({ answers: [hashed] }) => hashed?.spike === null)).toBe(true);
  });
});

describe("rebuildPage", () => {
  it("makes the same page of the results alone, without the data", async () => {
    const lab = await openLab(folder.path("rebuilt"));
    await runLab(lab);
    const files = await filesBelow(lab.workspace.out);
    await rm(join(lab.folder, "data"), { recursive: true });
    await rm(join(lab.workspace.out, "reports"), { recursive: true });
    await rebuild(lab, await resultOf(lab));
    const page = [...files].filter(([name]) => /index\.html$|\.svg$|page\.json$/.test(name));
    expect(page.length).toBeGreaterThan(10);
    const now = await filesBelow(lab.workspace.out);
    expect([...now].filter(([name]) => name.startsWith("reports/"))).toEqual(page);
  });

  it("makes one without the query view where the excerpts are gone or of another result", async () => {
    const lab = await openLab(folder.path("bare"));
    await runLab(lab);
    const { excerptsFile } = layoutOf(lab);
    const text = gunzipSync(await readFile(excerptsFile)).toString("utf8");
    await writeFile(excerptsFile, gzipSync(text.replace(/"result":"./, '"result":"x')));
    const result = await resultOf(lab);
    await rebuild(lab, result);
    const page = await pageOf(lab);
    expect(dataOf(page)).toEqual([]);
    expect(page).toContain("The texts of this result are not at hand");
    await rm(excerptsFile);
    await rebuild(lab, result);
    expect(await pageOf(lab)).toBe(page);
  });

  it("shows the queries of several results that were merged, each cell from its own", async () => {
    const labs = [];
    for (const retriever of ["bm25", "hashed"]) {
      const experiment = EXPERIMENT.replace("[bm25, hashed, both]", `[${retriever}]`).replace(
        "name: small",
        `name: ${retriever}`,
      );
      const lab = await openLab(folder.path(`merged-${retriever}`), { experiment });
      await runLab(lab);
      labs.push(join(lab.workspace.out, "runs", retriever, "result.json"));
    }
    const written = await rebuildReport(labs, { out: folder.path("merged"), formats: ["html"], allowMixed: false });
    const [data, ...others] = dataOf(await readFile(join(written, "index.html"), "utf8"));
    expect(others).toEqual([]);
    expect(data?.systems.map(({ name }) => name)).toEqual(["bm25", "hashed"]);
    for (const { answers } of data?.queries ?? []) {
      expect(answers.map((answer) => answer?.spike?.hits.every((hit) => hit.length === 5))).toEqual([true, true]);
    }
    expect(data?.scenarios).not.toContain(null);
  });
});
