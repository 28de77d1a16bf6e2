import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluateFiles } from "../../harness/pipeline/compare/evaluate-files.ts";
import { openLab, runLab, runLines } from "../pipeline/workspace.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const RETRIEVERS = `retrievers:
  hashed: {kind: dense, encoder: {kind: hashed, dimensions: 256}}
  both: {kind: rrf, of: [bm25, hashed]}
`;

describe("the BEIR folders", () => {
  describeWithData("SciFact", "beir/scifact", (data) => {
    it("runs bm25, hashed and both", { timeout: 60_000 }, async () => {
      const experiment = `version: 1\nname: scifact\n${RETRIEVERS}matrix: {retriever: [bm25, hashed, both], dataset: [beir/scifact]}\n`;
      const lab = await openLab(folder.path("scifact"), {
        experiment,
        workspace: { data: new Map([["beir/scifact", data]]) },
      });
      const { cells, run } = await runLab(lab);
      expect(run.materials.datasets.get("beir/scifact")?.dataset).toMatchObject({ docIds: { length: 5183 } });
      for (const { run: path, values, system } of cells) {
        const qrels = join(data, "qrels", "test.tsv");
        const { values: own, queries } = await evaluateFiles({ run: path ?? "", qrels, measures: "nDCG@10 R@100" });
        expect(own, system).toEqual(values);
        expect(queries.judged).toBe(300);
      }
      // Anserini's flat index: nDCG@10 0.6789, R@100 0.9253
      expect(cells[0]?.values["nDCG@10"]).toBeCloseTo(0.6789, 2);
      expect(cells[0]?.values["R@100"]).toBeCloseTo(0.9253, 2);
    });
  });

  describeWithData("NFCorpus with an LLM's rewrites as scenarios", "beir/nfcorpus", (data) => {
    it("sweeps alpha from 0 to 1, and alpha 1 is the base", { timeout: 60_000 }, async () => {
      const experiment = `version: 1
name: nfcorpus
${RETRIEVERS}scenarios:
  rewrites: {kind: file, path: ${join(data, "rewritten-by-llama-2-7b-chat.jsonl")}}
matrix:
  retriever: [bm25, hashed, both]
  dataset: [beir/nfcorpus]
  scenarios: [rewrites]
  alpha: {from: 0, to: 1, step: 0.1}
fusion: {aggregate: max, candidates: full}
comparison: {alpha: 0.5}
hits: 100
`;
      const lab = await openLab(folder.path("nfcorpus"), {
        experiment,
        workspace: { data: new Map([["beir/nfcorpus", data]]) },
      });
      const { cells, run } = await runLab(lab);
      expect(cells).toHaveLength(3 * (1 + 11));
      expect(run.materials.scenarios.get("beir/nfcorpus")?.get("rewrites")?.set.coverage).toMatchObject({
        documents: 3633,
        covered: 3633,
        perDocument: { min: 1, median: 1, max: 1 },
      });
      for (const retriever of ["bm25", "hashed", "both"]) {
        const of = (alpha: number | null) => cells.find((cell) => cell.retriever === retriever && cell.alpha === alpha);
        expect(await runLines(of(1)?.run ?? null), retriever).toEqual(await runLines(of(null)?.run ?? null));
        expect(of(1)?.values).toEqual(of(null)?.values);
      }
      const { work } = await runLab(lab);
      expect(work).toEqual({ encoded: 0, scored: 0, evaluated: 0, cached: 36 });
    });
  });
});
