import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CompareFilesOptions, compareFiles } from "../../../harness/pipeline/compare/compare-files.ts";
import { renderSystemsComparison, systemsComparisonJson } from "../../../harness/report/systems-comparison.ts";
import { describeWithData } from "../../real-data.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { cellFile, edit, type Lab, openLab, runLab } from "../workspace.ts";

const folder = temporaryFolder();

function compare(a: string, b: string, options: Partial<CompareFilesOptions> = {}) {
  return compareFiles({ a, b, recall: "standard", scorePrecision: "float64", ids: "as-is", ...options });
}

// the pair of docs/semantics.md, section 4, as trec_eval would print it
const A = [0.6309, 0, 1, 0.3869, 0.5, 0.2346, 0.9197, 0, 0.4307, 0.6131, 0.2891, 0.3562];
const B = [0.5, 0, 0.9197, 0.4307, 0.3155, 0.2346, 0.6309, 0, 0.3562, 0.6131, 0.301, 0.264];
const printed = (name: string, values: readonly number[]) =>
  folder.write(name, values.map((value, at) => `ndcg_cut_10\tq${at}\t${value}\n`).join(""));

describe("compareFiles, values of trec_eval", () => {
  it("gives the check values, in the JSON form that scripts rely on", async () => {
    const compared = await compare(await printed("a.txt", A), await printed("b.txt", B));
    const json = JSON.parse(systemsComparisonJson(compared)) as { measures: Record<string, Record<string, unknown>> };
    const measure = json.measures["nDCG@10"];
    expect(Object.keys(json.measures)).toEqual(["nDCG@10"]);
    expect(Object.keys(measure ?? {})).toEqual([
      ...["n", "meanA", "meanB", "difference", "pRandomization", "pT", "interval", "dz"],
      ...["wins", "ties", "losses", "mde"],
    ]);
    expect(measure).toMatchObject({ n: 12, pRandomization: 128 / 4096, wins: 6, ties: 4, losses: 2 });
    expect(measure?.["difference"]).toBeCloseTo(0.06629166666666668, 12);
    expect(measure?.["pT"]).toBeCloseTo(0.03800512035209861, 9);
    expect(measure?.["dz"]).toBeCloseTo(0.680448461625368, 9);
    expect(measure?.["mde"]).toBeCloseTo(0.0865758, 6);
  });

  it("turns every sign when the sides are exchanged", async () => {
    const [one] = (await compare(await printed("a.txt", A), await printed("b.txt", B))).pairs;
    const [other] = (await compare(await printed("b.txt", B), await printed("a.txt", A))).pairs;
    const [forth, back] = [one?.measures[0]?.comparison, other?.measures[0]?.comparison];
    expect(back?.difference).toBe(-(forth?.difference ?? 0));
    expect([back?.wins, back?.losses]).toEqual([forth?.losses, forth?.wins]);
    expect(back?.pRandomization).toBe(forth?.pRandomization);
  });

  it("shows the queries that moved most first, and none that did not", async () => {
    const [pair] = (await compare(await printed("a.txt", A), await printed("b.txt", B))).pairs;
    const moved = pair?.measures[0]?.moved ?? [];
    expect(moved.map(({ query }) => query)).toEqual(["q6", "q4", "q0", "q11", "q2", "q8", "q3", "q10"]);
    expect(moved[0]?.difference).toBeCloseTo(0.9197 - 0.6309, 12);
  });

  it.each([
    { why: "other queries", lines: "ndcg_cut_10 q0 1\nndcg_cut_10 other 1\n", code: "QUERY_SETS_DIFFER" },
    { why: "other measures", lines: "map q0 1\nmap q1 1\n", code: "MEASURE_INVALID" },
    { why: "NaN", lines: "ndcg_cut_10 q0 nan\n", code: "VALUE_INVALID" },
  ])("refuses $why", async ({ lines, code }) => {
    const other = await folder.write("other.txt", lines);
    await expect(compare(await printed("a.txt", A), other)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it("refuses one query, and says that all differences are zero", async () => {
    const single = await printed("single.txt", [0.5]);
    await expect(compare(single, single)).rejects.toMatchObject({ code: "TOO_FEW_QUERIES" });
    const same = await compare(await printed("a.txt", A), await printed("a2.txt", A));
    expect(same.pairs[0]?.measures[0]?.comparison).toMatchObject({ pRandomization: 1, pT: 1, dz: null, mde: null });
    expect(await renderSystemsComparison(same)).toContain("Both systems have the same value for every query.");
  });
});

describe("compareFiles, runs and results", () => {
  let lab: Lab;
  let result = "";
  let qrels = "";
  beforeAll(async () => {
    lab = await openLab(folder.path("lab"));
    await runLab(lab);
    result = join(lab.workspace.out, "runs/small/result.json");
    qrels = join(lab.folder, "data/qrels/test.tsv");
  });

  it("compares two cells of a result by the values that are there", async () => {
    const compared = await compare(`${result}#library@both`, `${result}#library@bm25`);
    const [pair] = compared.pairs;
    expect(pair?.measures.map(({ measure }) => measure)).toEqual(["nDCG@10", "R@100", "RR@10"]);
    expect(pair?.cell).toBeNull();
    expect(pair?.agreement?.perQuery.size).toBe(3);
    const text = await renderSystemsComparison(compared);
    expect(text).toContain("Rankings of 3 queries, top 100: Kendall's tau-b ");
    expect(text).toMatch(/│ wins \/ ties \/ losses of A │/);
  });

  it("gives the same for the runs of these cells", async () => {
    const cells = await compare(`${result}#library@both`, `${result}#library@bm25`, { measures: "nDCG@10" });
    const runs = await compare(cellFile(lab, "both", "run.trec.gz"), cellFile(lab, "bm25", "run.trec.gz"), {
      qrels,
      measures: "nDCG@10",
    });
    const facts = (of: typeof cells) => {
      const { meanA, meanB, difference, wins, losses } = of.pairs[0]?.measures[0]?.comparison ?? {};
      return { meanA, meanB, difference, wins, losses, agreement: of.pairs[0]?.agreement };
    };
    expect(facts(runs)).toEqual(facts(cells));
    const mixed = await compare(cellFile(lab, "both", "run.trec.gz"), `${result}#library@bm25`, {
      qrels,
      measures: "nDCG@10",
    });
    expect(facts(mixed)).toEqual(facts(cells));
  });

  it("compares every cell that two results share, as one family", async () => {
    const compared = await compare(result, result, { measures: "nDCG@10" });
    expect(compared.pairs.map(({ cell }) => cell)).toHaveLength(12);
    const json = JSON.parse(systemsComparisonJson(compared)) as { cells: Record<string, { measures: object }> };
    expect(Object.keys(json.cells)).toContain("library@hashed+rewrites+alpha=0.5");
    expect(json.cells["library@bm25"]?.measures).toMatchObject({ "nDCG@10": { difference: 0, pRandomization: 1 } });
  });

  it("refuses cells under other policies unless they may be mixed", async () => {
    const other = await openLab(folder.path("other-policy"), {
      experiment: `${await readFile(lab.file, "utf8")}policy: {recall: capped}\n`,
    });
    await runLab(other);
    const theirs = `${join(other.workspace.out, "runs/small/result.json")}#library@bm25`;
    const pair = [theirs, `${result}#library@bm25`] as const;
    await expect(compare(...pair)).rejects.toMatchObject({ code: "POLICIES_DIFFER", exitCode: 2 });
    const mixed = await compare(...pair, { allowMixed: true });
    expect(await renderSystemsComparison(mixed)).toContain("different evaluation policies");
  });

  it.each([
    { why: "a run without judgements", a: () => cellFile(lab, "bm25", "run.trec.gz"), code: "USAGE" },
    { why: "a result without a cell beside one cell", a: () => result, code: "USAGE" },
    { why: "a cell that is not there", a: () => `${result}#library@bm26`, code: "USAGE" },
    { why: "a file that is not there", a: () => folder.path("nowhere"), code: "FILE_MISSING" },
  ])("refuses $why", async ({ a, code }) => {
    await expect(compare(a(), `${result}#library@bm25`)).rejects.toMatchObject({ code });
  });

  it("refuses a result or values that were changed by hand", async () => {
    const changed = await openLab(folder.path("changed"));
    await runLab(changed);
    const path = join(changed.workspace.out, "runs/small/result.json");
    await edit(cellFile(changed, "bm25", "values.jsonl"), '"nDCG@10":', '"nDCG@10":0.0');
    await expect(compare(`${path}#library@bm25`, `${path}#library@both`)).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"name": "small"', '"name": "large"'));
    await expect(compare(path, path)).rejects.toMatchObject({ code: "DATA_INVALID" });
    await writeFile(path, text.replace('"schemaVersion": 2', '"schemaVersion": 1'));
    await expect(compare(path, path)).rejects.toThrow("schema version 2, got 1");
  });
});

describe("compareFiles, results of mteb", () => {
  const mteb = (ndcg: number) =>
    `{"task_name": "SciFact", "scores": {"test": [{"hf_subset": "default", "ndcg_at_10": ${ndcg}, "nauc": NaN, "recall_at_100": 0.9}]}}`;

  it("compares the means and tests nothing", async () => {
    const compared = await compare(
      await folder.write("a.json", mteb(0.75)),
      await folder.write("b.json", '{"mteb_dataset_name": "SciFact", "test": {"ndcg_at_10": 0.5, "mrr_at_10": 0.1}}'),
    );
    const json = JSON.parse(systemsComparisonJson(compared)) as { measures: Record<string, object> };
    expect(json.measures).toEqual({
      "nDCG@10": {
        ...{ n: null, meanA: 0.75, meanB: 0.5, difference: 0.75 - 0.5, pRandomization: null, pT: null },
        ...{ interval: null, dz: null, wins: null, ties: null, losses: null, mde: null },
      },
    });
    expect(await renderSystemsComparison(compared)).toContain("means only, so nothing is tested");
  });

  it("refuses several subsets", async () => {
    const several = await folder.write("c.json", '{"scores": {"test": [{"hf_subset": "go"}, {"hf_subset": "php"}]}}');
    await expect(compare(several, several)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});

describeWithData("compareFiles beside trec_eval's own output", "trec/trec_eval", (data) => {
  it("finds our values and the printed ones equal to four digits, query by query", async () => {
    const compared = await compare(join(data, "results.test"), join(data, "out.test.aq"), {
      qrels: join(data, "qrels.test"),
      measures: "map P_5 P_1000 recall_100 ndcg ndcg_cut_10 recip_rank",
    });
    for (const { measure, moved, comparison } of compared.pairs[0]?.measures ?? []) {
      expect(comparison?.n, measure).toBe(3);
      for (const { difference } of moved) expect(Math.abs(difference), measure).toBeLessThanOrEqual(0.00005 + 1e-12);
    }
  });
});
