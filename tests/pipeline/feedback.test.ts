import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { edit, forecastsOf, openLab, runLab, runLines } from "./workspace.ts";

const folder = temporaryFolder();

const EXPERIMENT = `version: 1
name: feedback
retrievers:
  words: {kind: bm25, feedback: {kind: rm3, documents: 2, terms: 3, maxDocumentShare: 1}}
  vectors: {kind: dense, encoder: {kind: hashed, dimensions: 64}, feedback: {kind: average, depth: 2}}
  both: {kind: rrf, of: [words, vectors]}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix:
  retriever: [bm25, words, vectors, both]
  dataset: [library]
  scenarios: [rewrites]
  alpha: [0, 0.5, 1]
measures: [nDCG@10]
`;

describe("a run of retrievers with feedback", () => {
  it("ranks at alpha 1 as the base does, whatever scenarios are beside it", async () => {
    const { cells } = await runLab(await openLab(folder.path("alpha-one"), { experiment: EXPERIMENT }));
    const pathOf = (system: string) => cells.find((cell) => cell.system === system)?.run ?? "";
    const ranking = async (system: string) =>
      (await runLines(pathOf(system))).map(([query, , document, , score]) => [query, document, score]);
    for (const name of ["words", "vectors", "both"]) {
      const base = await ranking(name);
      expect(base.length).toBeGreaterThan(0);
      expect(await ranking(`${name}+rewrites+alpha=1`)).toEqual(base);
      expect(await ranking(`${name}+rewrites+alpha=0`)).not.toEqual(base);
    }
  });

  it("knows cells by the options of the feedback, and makes anew those alone that a change reaches", async () => {
    const lab = await openLab(folder.path("identity"), { experiment: EXPERIMENT });
    expect((await runLab(lab)).work.scored).toBe(16);
    expect((await runLab(lab)).work).toEqual({ encoded: 0, scored: 0, evaluated: 0, cached: 16 });
    await edit(lab.file, "depth: 2", "depth: 3");
    const forecasts = await forecastsOf(lab);
    const stale = Object.entries(forecasts).filter(([, forecast]) => forecast !== "hit");
    expect(new Set(stale.map(([system]) => system.split("+")[0]))).toEqual(new Set(["vectors", "both"]));
    expect((await runLab(lab)).work).toMatchObject({ encoded: 0, scored: 8, cached: 8 });
  });

  it("says where a feedback that does not fit was written", async () => {
    const lab = await openLab(folder.path("misfit"), { experiment: EXPERIMENT.replace("average", "rm3") });
    const line = (await readFile(lab.file, "utf8")).split("\n").findIndex((text) => text.includes("vectors:")) + 1;
    await expect(runLab(lab)).rejects.toMatchObject({
      code: "SPEC_INVALID",
      where: expect.stringContaining(`experiment.yaml:${line}:`),
    });
  });
});
