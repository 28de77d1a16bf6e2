import { describe, expect, it } from "vitest";
import { buildReport } from "../../harness/report/report-model.ts";
import { cellOf, cellsOf, datasetOf, failedCell, notesOf, resultOf, rowsOf, SPIKE } from "./experiment-fixture.ts";

describe("buildReport, groups of datasets", () => {
  const base = (dataset: string, value: number) =>
    cellOf({ retriever: "bm25", dataset, scenarios: null, fusion: null, alpha: null }, { "nDCG@10": value });
  const datasets = ["a", "b", "c"].map((id) => datasetOf(id));
  const groups = [
    { name: "inner", members: ["b", "c"] },
    { name: "outer", members: ["a", "inner"] },
  ];

  it("weigh their members equally, an inner group as one member", () => {
    const cells = [base("a", 0.1), base("b", 0.4), base("c", 0.6)];
    const rows = rowsOf(resultOf({ datasets, groups, cells }));
    expect(rows.map(({ dataset, isMean }) => [dataset, isMean])).toEqual([
      ["a", false],
      ["b", false],
      ["c", false],
      ["inner (mean of 2)", true],
      ["outer (mean of 2)", true],
    ]);
    expect(rows[3]?.base).toEqual({ kind: "value", value: (0.4 + 0.6) / 2 });
    expect(rows[4]?.base).toEqual({ kind: "value", value: (0.1 + (0.4 + 0.6) / 2) / 2 });
  });

  it("have no mean where a member has no cells, and the report says so", () => {
    const result = resultOf({ datasets, groups, cells: [base("a", 0.1), base("b", 0.4)] });
    expect(rowsOf(result).some(({ isMean }) => isMean)).toBe(false);
    const said = buildReport(result).notes.filter((note) => /`(inner|outer)`/.test(note));
    expect(said.length).toBe(2);
  });
});

describe("buildReport, policies", () => {
  const bm25 = { retriever: "bm25", scenarios: null, fusion: null, alpha: null };
  const cells = ["a", "b"].map((dataset, index) => cellOf({ ...bm25, dataset }, { "nDCG@10": index }));
  const datasets = [datasetOf("a"), datasetOf("b", "f".repeat(64))];

  it("that differ are not averaged over, declared group or not", () => {
    expect(rowsOf(resultOf({ datasets, cells })).some(({ isMean }) => isMean)).toBe(false);
    const groups = [{ name: "g", members: ["a", "b"] }];
    expect(rowsOf(resultOf({ datasets, cells, groups })).some(({ isMean }) => isMean)).toBe(false);
  });

  it("may be mixed when that was asked for, and the report says so", () => {
    const result = resultOf({ datasets, cells, allowMixed: true });
    expect(rowsOf(result).at(-1)).toMatchObject({ isMean: true, base: { kind: "value", value: 0.5 } });
    expect(notesOf(result)).toContain("2 different policies");
  });
});

describe("buildReport, macro mean", () => {
  const datasets = [datasetOf("scifact"), datasetOf("fiqa")];

  it("is the mean of the datasets, at every alpha, and has its own oracle", () => {
    const cells = [
      ...cellsOf("scifact", 0.6, { "0.25": 0.9, "0.5": 0.7 }),
      ...cellsOf("fiqa", 0.3, { "0.25": 0.1, "0.5": 0.4 }),
    ];
    const macro = rowsOf(resultOf({ datasets, cells })).at(-1);
    expect(macro).toMatchObject({ dataset: "macro mean", isMean: true, oracle: { alpha: 0.5 } });
    expect(macro?.base).toEqual({ kind: "value", value: (0.6 + 0.3) / 2 });
    expect(macro?.declared).toEqual({ kind: "value", value: (0.7 + 0.4) / 2 });
    expect(macro?.difference?.absolute).toBeCloseTo((0.7 + 0.4) / 2 - (0.6 + 0.3) / 2, 12);
  });

  it("is absent with one dataset", () => {
    expect(rowsOf(resultOf({ cells: cellsOf("scifact", 0.6, { "0.5": 0.7 }) })).map(({ dataset }) => dataset)).toEqual([
      "scifact",
    ]);
  });

  it("is not formed where a cell failed, and says so", () => {
    const failed = failedCell({ dataset: "fiqa", ...SPIKE, alpha: 0.5 }, "out of disk.");
    const cells = [
      ...cellsOf("scifact", 0.6, { "0.25": 0.9, "0.5": 0.7 }),
      ...cellsOf("fiqa", 0.3, { "0.25": 0.1 }),
      failed,
    ];
    const result = resultOf({ datasets, cells });
    const macro = rowsOf(result).at(-1);
    expect(macro?.base).toEqual({ kind: "value", value: (0.6 + 0.3) / 2 });
    expect(macro?.declared).toEqual({ kind: "failed" });
    expect(macro?.difference).toBeUndefined();
    expect(notesOf(result)).toContain("The macro mean of `bge-small-en` is not formed where a cell of `fiqa` failed.");
  });

  it("is not formed over some of the datasets, and says so", () => {
    const result = resultOf({ datasets, cells: cellsOf("scifact", 0.6, { "0.5": 0.7 }) });
    expect(rowsOf(result)).toHaveLength(1);
    expect(notesOf(result)).toContain("it has cells on 1 of 2 datasets");
  });

  it("is not formed at an alpha that one dataset lacks, and says so", () => {
    const cells = [...cellsOf("scifact", 0.6, { "0.5": 0.7 }), ...cellsOf("fiqa", 0.3, { "0.25": 0.1, "0.5": 0.4 })];
    const result = resultOf({ datasets, cells });
    expect(
      rowsOf(result)
        .at(-1)
        ?.sweep.map(({ figure }) => figure.kind),
    ).toEqual(["absent", "value"]);
    expect(notesOf(result)).toContain("only where every dataset has a value");
  });

  it("counts a dataset that could not even be loaded", () => {
    const failed = failedCell({ dataset: "fiqa" }, "corpus is missing.");
    const cells = [cellOf({}, { "nDCG@10": 0.6 }), failed];
    expect(rowsOf(resultOf({ cells })).map(({ dataset, base }) => [dataset, base.kind])).toEqual([
      ["scifact", "value"],
      ["fiqa", "failed"],
      ["macro mean", "failed"],
    ]);
  });
});
