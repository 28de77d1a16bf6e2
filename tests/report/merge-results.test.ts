import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../harness/domain/result.ts";
import { mergeResults } from "../../harness/report/merge-results.ts";
import { buildReport } from "../../harness/report/report-model.ts";
import { resultFaults } from "../result-schema.ts";
import { cellOf, datasetOf, resultOf } from "./experiment-fixture.ts";
import { testedExperiment } from "./tested-experiment.ts";

const merge = (results: readonly ExperimentResult[], allowMixed = false) =>
  mergeResults(
    results.map((result, i) => ({ path: `${i}.json`, result })),
    { allowMixed },
  );

/** A retriever alone on one dataset. */
const alone = (name: string, dataset: string, value: number) =>
  resultOf({ name, datasets: [datasetOf(dataset)], cells: [cellOf({ dataset }, { "nDCG@10": value })] });

/** The part of the tested experiment that is on one dataset, as if it had been run alone. */
function partOf(dataset: string): ExperimentResult {
  const { comparison, datasets, cells, ...rest } = testedExperiment();
  const own = <Item extends { readonly dataset: string }>(items: readonly Item[]) =>
    items.filter((item) => item.dataset === dataset);
  return {
    ...rest,
    name: `on-${dataset}`,
    datasets: datasets.filter(({ id }) => id === dataset),
    cells: own(cells),
    comparison: comparison && {
      ...comparison,
      rows: own(comparison.rows),
      means: comparison.means.map((mean) => ({ ...mean, pCorrected: 0.9 })),
    },
  };
}

describe("mergeResults", () => {
  it("leaves a single result as it is", () => {
    expect(merge([testedExperiment()])).toEqual(testedExperiment());
  });

  it("has the rows of all results, and is a result itself", () => {
    const merged = merge([partOf("scifact"), partOf("fiqa")]);
    expect(merged.name).toBe("on-scifact+on-fiqa");
    expect(resultFaults(JSON.parse(JSON.stringify({ ...merged, comparison: null })))).toEqual([]);
    const rows = buildReport(merged).sections[0]?.rows.filter(({ isMean }) => !isMean);
    expect(rows).toEqual(buildReport(testedExperiment()).sections[0]?.rows.filter(({ isMean }) => !isMean));
  });

  it("shows a mean over all datasets without the tests of means over fewer", () => {
    const mean = (result: ExperimentResult) => buildReport(result).sections[0]?.rows.find(({ isMean }) => isMean);
    const merged = mean(merge([partOf("scifact"), partOf("fiqa")]));
    expect(merged?.claimed).toEqual({ kind: "value", value: (0.65 + 0.4) / 2 });
    expect(merged?.test).toBeUndefined();
    expect(mean(merge([testedExperiment(), partOf("fiqa")]))?.test?.pCorrected).toBe(0.02);
  });

  it("says which results it is made of, and that families stay theirs", () => {
    const notes = buildReport(merge([partOf("scifact"), alone("other", "nfcorpus", 0.3)])).notes.join("\n");
    expect(notes).toContain("Merged from 2 results: `on-scifact` (eeeeeeeeeeee), `other` (eeeeeeeeeeee).");
    expect(notes).toContain("p values are corrected within each result");
  });

  it("takes once what two results share", () => {
    const merged = merge([alone("a", "scifact", 0.5), alone("b", "scifact", 0.5)]);
    expect(merged.cells).toEqual(alone("a", "scifact", 0.5).cells);
    expect(merged.datasets).toHaveLength(1);
  });

  it.each([
    { why: "policy", change: { policyHash: "1".repeat(64) } },
    { why: "judgements", change: { qrelsSha256: "1".repeat(64) } },
    { why: "documents", change: { corpusSha256: "1".repeat(64) } },
  ])("refuses a dataset of another $why, or shows it twice where that is allowed", ({ change }) => {
    const a = alone("a", "scifact", 0.5);
    const b = alone("b", "scifact", 0.25);
    const other = { ...b, datasets: b.datasets.map((dataset) => ({ ...dataset, ...change })) };
    expect(() => merge([a, other])).toThrow(expect.objectContaining({ code: "POLICIES_DIFFER" }));
    const [row, second, mean] = buildReport(merge([a, other], true)).sections[0]?.rows ?? [];
    expect([row?.dataset, second?.dataset, mean?.dataset]).toEqual(["scifact (a)", "scifact (b)", "macro mean"]);
    expect(mean?.base).toEqual({ kind: "value", value: (0.5 + 0.25) / 2 });
  });

  it("renames groups with a dataset that is shown twice, and tells results of one name apart", () => {
    const groups = [
      { name: "inner", members: ["scifact"] },
      { name: "outer", members: ["inner"] },
    ];
    const of = (policyHash: string): ExperimentResult => ({
      ...alone("same", "scifact", 0.5),
      id: policyHash.repeat(64),
      datasets: [datasetOf("scifact", policyHash.repeat(64))],
      groups,
    });
    expect(merge([of("1"), of("2")], true).groups).toEqual([
      { name: "inner (same 111111111111)", members: ["scifact (same 111111111111)"] },
      { name: "outer (same 111111111111)", members: ["inner (same 111111111111)"] },
      { name: "inner (same 222222222222)", members: ["scifact (same 222222222222)"] },
      { name: "outer (same 222222222222)", members: ["inner (same 222222222222)"] },
    ]);
  });

  it("refuses one name for different cells, groups, scenario sets and comparisons", () => {
    const set = {
      ...{ name: "s", dataset: "scifact", documents: 1, covered: 1, noise: 0, failed: 0, foreign: 0, scenarios: 1 },
      perDocument: { min: 1, median: 1, max: 1 },
    };
    const pairs: readonly (readonly [ExperimentResult, ExperimentResult])[] = [
      [alone("a", "scifact", 0.5), alone("b", "scifact", 0.25)],
      [resultOf({ groups: [{ name: "g", members: ["a"] }] }), resultOf({ groups: [{ name: "g", members: ["b"] }] })],
      [
        resultOf({ scenarios: [{ ...set, contentHash: "1".repeat(64) }] }),
        resultOf({ scenarios: [{ ...set, contentHash: "2".repeat(64) }] }),
      ],
      [testedExperiment(), testedExperiment({ correction: "bh" })],
    ];
    for (const pair of pairs) expect(() => merge(pair)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  it("has the query expansions of all, each once, and refuses two of one name", () => {
    const expansion = {
      ...{ name: "hyde", dataset: "scifact", kind: "hyde", model: "m", promptSha256: null },
      ...{ contentHash: "1".repeat(64), queries: 3, expanded: 3, samples: 1, missing: 0, cut: 0, stripped: 0 },
    };
    const of = (contentHash: string) => resultOf({ expansions: [{ ...expansion, contentHash }] });
    expect(merge([of("1".repeat(64)), of("1".repeat(64))]).expansions).toEqual([expansion]);
    expect(() => merge([of("1".repeat(64)), of("2".repeat(64))])).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(merge([resultOf({}), resultOf({})])).not.toHaveProperty("expansions");
  });

  it("has all measures, and no value where a result has none", () => {
    const recall = resultOf({
      name: "recall",
      measures: ["R@100"],
      datasets: [datasetOf("fiqa")],
      cells: [cellOf({ dataset: "fiqa", retriever: "bm25" }, { "R@100": 0.9 })],
    });
    const { sections } = buildReport(merge([alone("a", "scifact", 0.5), recall]));
    expect(sections.map(({ measure }) => measure)).toEqual(["nDCG@10", "R@100"]);
    expect(sections[1]?.rows.map(({ base }) => base.kind)).toEqual(["absent", "value"]);
  });

  it("declares the alpha of the result that has SPIKE", () => {
    const base = { ...alone("a", "nfcorpus", 0.5), declaredAlpha: null };
    const merged = buildReport(merge([base, testedExperiment()]));
    expect(merged.claim).toBe("alpha 0.5");
  });
});
