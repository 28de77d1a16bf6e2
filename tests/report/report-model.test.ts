import { describe, expect, it } from "vitest";
import { buildReport } from "../../harness/report/report-model.ts";
import {
  cellOf,
  cellsOf,
  datasetOf,
  failedCell,
  notesOf,
  resultOf,
  rowsOf,
  SPIKE,
  smallExperiment,
} from "./experiment-fixture.ts";

describe("buildReport", () => {
  it("compares SPIKE at the declared alpha with the base of the same retriever and dataset", () => {
    const [row] = rowsOf(resultOf({ cells: cellsOf("scifact", 0.6, { "0.25": 0.5, "0.5": 0.75, "0.75": 0.8 }) }));
    expect(row?.base).toEqual({ kind: "value", value: 0.6 });
    expect(row?.declared).toEqual({ kind: "value", value: 0.75 });
    expect(row?.difference?.absolute).toBeCloseTo(0.75 - 0.6, 12);
    expect(row?.difference?.relative).toBeCloseTo((0.75 - 0.6) / 0.6, 12);
    expect(row?.oracle).toEqual({ alpha: 0.75, value: 0.8 });
  });

  it("has no relative difference from a base of 0", () => {
    const [row] = rowsOf(resultOf({ cells: cellsOf("scifact", 0, { "0.5": 0.1 }) }));
    expect(row?.difference).toEqual({ absolute: 0.1 - 0, relative: undefined });
  });

  it("sorts the sweep by alpha and marks its best and second best", () => {
    const [row] = rowsOf(
      resultOf({ cells: cellsOf("scifact", 0.6, { "0.5": 0.75, "0.25": 0.5, "1": 0.6, "0.75": 0.75 }) }),
    );
    expect(row?.sweep.map(({ alpha, mark }) => [alpha, mark])).toEqual([
      [0.25, undefined],
      [0.5, "best"],
      [0.75, "best"],
      [1, "second"],
    ]);
  });

  it("gives the oracle the largest of equally good alphas, however the sums were rounded", () => {
    const [row] = rowsOf(resultOf({ cells: cellsOf("scifact", 0.6, { "0.25": 0.1 + 0.2, "0.75": 0.3 }) }));
    expect(row?.oracle?.alpha).toBe(0.75);
    expect(row?.sweep.map(({ mark }) => mark)).toEqual([undefined, undefined]);
  });

  it("finds a declared alpha that was written as a rounded fraction", () => {
    const [row] = rowsOf(resultOf({ declaredAlpha: 0.1 + 0.2, cells: cellsOf("scifact", 0.5, { "0.3": 0.75 }) }));
    expect(row?.declared).toEqual({ kind: "value", value: 0.75 });
  });

  it("says when the declared alpha is not in the sweep", () => {
    const result = resultOf({ declaredAlpha: 0.4, cells: cellsOf("scifact", 0.6, { "0.5": 0.75 }) });
    expect(buildReport(result).declaredAlpha).toBeUndefined();
    expect(rowsOf(result)[0]).toMatchObject({ declared: { kind: "absent" }, difference: undefined });
    expect(notesOf(result)).toContain("declared alpha 0.4 is not in the sweep of `bge-small-en` on `scifact`");
  });

  it("says when no alpha was declared", () => {
    const result = resultOf({ declaredAlpha: null, cells: cellsOf("scifact", 0.6, { "0.5": 0.75 }) });
    expect(notesOf(result)).toContain("No alpha was declared");
  });

  it("says in one line when nothing was tested for significance, and labels the oracle", () => {
    const { footnotes } = buildReport(smallExperiment());
    expect(footnotes.filter((line) => line.includes("Nothing was tested for significance"))).toHaveLength(1);
    expect(footnotes.filter((line) => line.includes("tuned on the test queries, shown, never claimable"))).toHaveLength(
      1,
    );
  });

  it("has rows without SPIKE and no word on alpha when every cell is a base cell", () => {
    const cells = [cellOf({}, { "nDCG@10": 0.7 }), cellOf({ retriever: "bm25" }, { "nDCG@10": 0.6 })];
    const model = buildReport(resultOf({ cells }));
    expect(model.sections[0]?.alphas).toEqual([]);
    expect(model.sections[0]?.rows.map(({ retriever, sweep }) => [retriever, sweep.length])).toEqual([
      ["bge-small-en", 0],
      ["bm25", 0],
    ]);
    expect([...model.notes, ...model.footnotes].join("\n")).not.toMatch(/alpha|oracle/i);
  });

  it("keeps a retriever that has a base cell only beside one with SPIKE", () => {
    const cells = [...cellsOf("scifact", 0.6, { "0.5": 0.7 }), cellOf({ retriever: "bm25" }, { "nDCG@10": 0.5 })];
    expect(rowsOf(resultOf({ cells })).map(({ retriever, scenarios }) => [retriever, scenarios])).toEqual([
      ["bge-small-en", "spike-gpt"],
      ["bm25", undefined],
    ]);
  });

  it("gives every scenario set its own row and a column for what varies", () => {
    const other = cellOf({ scenarios: "spike-qwen", fusion: "weighted-sum", alpha: 0.5 }, { "nDCG@10": 0.65 });
    const result = resultOf({ cells: [...cellsOf("scifact", 0.6, { "0.5": 0.7 }), other] });
    expect(rowsOf(result).map(({ scenarios, base }) => [scenarios, base])).toEqual([
      ["spike-gpt", { kind: "value", value: 0.6 }],
      ["spike-qwen", { kind: "value", value: 0.6 }],
    ]);
    expect(buildReport(result).axes).toEqual({
      varying: ["scenarios"],
      fixed: [
        { axis: "queries", value: "original" },
        { axis: "fusion", value: "weighted-sum" },
      ],
    });
  });
});

describe("buildReport, what limits a result", () => {
  it("lists failed cells with their reason, those of one reason together", () => {
    const error = "no space left.";
    const failed = [0.25, 0.5].map((alpha) => failedCell({ ...SPIKE, alpha }, error));
    const model = buildReport(resultOf({ cells: [...cellsOf("scifact", 0.6, { "0.75": 0.7 }), ...failed] }));
    expect(model.failures).toEqual([{ label: "`bge-small-en` on `scifact`, 2 alphas (0.25, 0.5)", error, cells: 2 }]);
    expect(model.failureSummary).toBe("2 of 4 cells failed.");
    expect(model.notes.join()).toContain("chosen among 1 of 3 alphas");
  });

  it("counts the documents without scenario", () => {
    const [scifact] = buildReport(smallExperiment()).coverage;
    expect(scifact?.without).toBe(5183 - 5100 - 60);
  });

  it("says what was left out of a scenario set beside other scenarios of the same document", () => {
    const result = smallExperiment();
    const [first, ...others] = result.scenarios;
    expect(notesOf(result)).not.toContain("Left out");
    const scenarios = [...(first === undefined ? [] : [{ ...first, dropped: 1 }]), ...others];
    expect(notesOf({ ...result, scenarios })).toContain(
      "Left out of `spike-gpt` on `scifact`: 1 entry, failed or blank",
    );
  });

  it("says when the coverage of a scenario set was not recorded", () => {
    expect(notesOf(resultOf({ cells: cellsOf("scifact", 0.6, { "0.5": 0.7 }) }))).toContain(
      "No scenario coverage was recorded for `spike-gpt` on `scifact`.",
    );
  });

  it("counts queries once for cells that agree, and says when some are missing", () => {
    const missing = {
      ...cellOf({}, { "nDCG@10": 0.6 }),
      counts: { judged: 300, answered: 298, missing: 2, unjudged: 1 },
    };
    const model = buildReport(resultOf({ cells: [missing, { ...missing, retriever: "bm25" }] }));
    expect(model.queryCounts).toEqual([
      {
        ...{ dataset: "scifact", queries: "original", judged: 300, answered: 298, missing: 2, unjudged: 1 },
        ...{ retrievers: ["bge-small-en", "bm25"], cells: 2 },
      },
    ]);
    expect(model.notes.join()).toContain("2 cells of 2 left judged queries unanswered");
  });

  it("says when alpha 1 is not the base", () => {
    const same = resultOf({ cells: cellsOf("scifact", 0.6, { "0.5": 0.7, "1": 0.6 }) });
    const differing = resultOf({ cells: cellsOf("scifact", 0.6, { "0.5": 0.7, "1": 0.58 }) });
    expect(notesOf(same)).not.toContain("At alpha 1");
    expect(notesOf(differing)).toContain("At alpha 1 the fusion does not give the base's values");
  });

  it("footnotes the policy by twelve characters of its hash, and says when policies differ", () => {
    const cells = cellsOf("scifact", 0.6, { "0.5": 0.7 });
    const one = buildReport(resultOf({ cells }));
    expect(one.policyFootnote).toBe("Evaluation policy 3f2a9c71d0be.");
    const two = buildReport(resultOf({ cells, datasets: [datasetOf("scifact"), datasetOf("fiqa", "a".repeat(64))] }));
    expect(two.policyFootnote).toBe(
      "Evaluation policies differ between datasets: 3f2a9c71d0be, aaaaaaaaaaaa; see Datasets.",
    );
    expect(two.notes.join()).toContain("2 different policies");
  });

  it("ends with the notes of the result", () => {
    expect(buildReport(smallExperiment()).notes.at(-1)).toContain("missingScenario: document-only");
  });
});
