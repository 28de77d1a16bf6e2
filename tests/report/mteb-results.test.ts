import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { type MtebCell, mtebFiles } from "../../harness/report/mteb-results.ts";
import { cellOf, datasetOf } from "./experiment-fixture.ts";

function filed(values: Readonly<Record<string, number>>, facts: Partial<MtebCell> = {}): MtebCell {
  return {
    cell: cellOf({ retriever: "bm25" }, values),
    dataset: datasetOf("scifact"),
    task: { task: "SciFact", subset: "default", split: "test" },
    system: "bm25",
    revision: undefined,
    ...facts,
  };
}

const read = (cells: readonly MtebCell[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(mtebFiles(cells).map(({ path, text }) => [path, JSON.parse(text)]));

describe("mtebFiles", () => {
  it("files a system by task, with mteb's names of measures and every digit", () => {
    const values = { "nDCG@10": 2 / 3, "R@100": 0.9, "AP@10": 0.5, "RR@10": 0.6, "P@5": 0.2, AP: 0.55, "Judged@10": 1 };
    expect(read([filed(values)])).toEqual({
      "spikebench__bm25/no_revision_available/model_meta.json": {
        name: "spikebench/bm25",
        revision: "no_revision_available",
      },
      "spikebench__bm25/no_revision_available/SciFact.json": {
        dataset_revision: "folder",
        task_name: "SciFact",
        mteb_version: null,
        scores: {
          test: [
            {
              ...{ hf_subset: "default", languages: [], main_score: 2 / 3, ndcg_at_10: 2 / 3, recall_at_100: 0.9 },
              ...{ map_at_10: 0.5, mrr_at_10: 0.6, precision_at_5: 0.2 },
            },
          ],
        },
        evaluation_time: null,
        kg_co2_emissions: null,
      },
    });
  });

  it("puts subsets of one task into one file, and tells the commits of data and model", () => {
    const commit = "ec0fa4fe99da2ff19ca1214b7966684033a58814";
    const task = { task: "COIRCodeSearchNetRetrieval", split: "test" };
    const facts = { revision: "abc", dataset: { ...datasetOf("go"), origin: [`mteb/x@${commit}`] } };
    const files = read([
      filed({ "nDCG@10": 0.5 }, { ...facts, task: { ...task, subset: "go" } }),
      filed({ "nDCG@10": 0.25 }, { ...facts, task: { ...task, subset: "java" } }),
    ]);
    expect(Object.keys(files)).toHaveLength(2);
    expect(files["spikebench__bm25/abc/COIRCodeSearchNetRetrieval.json"]).toMatchObject({
      dataset_revision: commit,
      scores: { test: [{ hf_subset: "go" }, { hf_subset: "java" }] },
    });
  });

  it("leaves out recall whose denominator is capped, which is another measure", () => {
    const dataset = { ...datasetOf("scifact"), policy: { ...DEFAULT_POLICY, recall: "capped" as const } };
    const text = mtebFiles([filed({ "nDCG@10": 0.5, "R@100": 0.9 }, { dataset })]).at(1)?.text;
    expect(text).not.toContain("recall_at_100");
  });

  it("refuses a cell without mteb's main score", () => {
    expect(() => mtebFiles([filed({ AP: 0.5 })])).toThrow(expect.objectContaining({ code: "MEASURE_INVALID" }));
  });
});
