import { describe, expect, it } from "vitest";
import { comparisonsCsv, curvesCsv } from "../../harness/report/comparison-csv.ts";
import { renderMarkdown } from "../../harness/report/markdown.ts";
import { buildReport } from "../../harness/report/report-model.ts";
import { alphasText, pText } from "../../harness/report/significance-tables.ts";
import { renderTerminal } from "../../harness/report/terminal.ts";
import { testedExperiment } from "./tested-experiment.ts";

const markdown = (...declared: Parameters<typeof testedExperiment>) =>
  renderMarkdown(buildReport(testedExperiment(...declared)));

describe("a report with tests", () => {
  it("shows difference, interval and corrected p, with a dagger where p is below 0.05", () => {
    const text = markdown();
    expect(text).toContain(
      "| retriever | dataset | base | SPIKE alpha 0.5 | difference | 95 % interval | p holm | covered |",
    );
    expect(text).toContain(
      "| bge-small-en | scifact | 0.6000 | 0.6500 | +0.0500† | [0.0120, 0.0880] | 0.0080 | – |"
        .replaceAll("[", "\\[")
        .replaceAll("]", "\\]"),
    );
    expect(text).toMatch(/\| fiqa \| 0\.3000 \| 0\.4000 \| \+0\.1000 \|.*\| 0\.0700 \|/);
    expect(text).toMatch(/\| macro mean \| 0\.4500 \| 0\.5250 \| \+0\.0750† \|.*0\.0100, 0\.1300.*\| 0\.0200 \|/);
  });

  it("shows effect, wins, detectable difference and the raw p values", () => {
    const text = markdown();
    expect(text).toContain(
      "| retriever | dataset | queries | relative | d_z | W/T/L | detectable | raw p | t test p | micro difference |",
    );
    expect(text).toContain(
      "| bge-small-en | scifact | 300 | +8.3 % | 0.21 | 90/160/50 | 0.0310 | 0.0040 | 0.0050 | – |",
    );
    expect(text).toContain("| bge-small-en | macro mean | 948 | +16.7 % | – | – | – | 0.0200 | – | +0.0600 |");
  });

  it("shows fixed, cross-fitted and oracle alphas beside each other", () => {
    const text = markdown();
    expect(text).toContain("| bge-small-en | scifact | 0.6000 | 0.6500 | 0.6400 | 0.25, 0.5 | 0.6600 | 0.25 |");
  });

  it("says what was tested, how, and what was corrected together", () => {
    const text = markdown();
    expect(text).toContain("SPIKE: at alpha 0.5, declared before the run.");
    expect(text).toContain("corrected by Holm over the comparisons of one measure (2 tests); † p &lt; 0.05");
    expect(text).toContain("1,000 draws where not exact, 500 resamples. Seed 7.");
    expect(text).toContain("Oracle: the best alpha of the sweep, tuned on the test queries, shown, never claimable.");
    expect(text).not.toContain("Nothing was tested");
  });

  it("claims the cross-fitted alpha when that is declared", () => {
    const text = markdown({ alpha: "cross-fitted", correction: "none", test: "paired-t" });
    expect(text).toContain("| SPIKE cross-fitted | difference | 95 % interval | p | covered |");
    expect(text).toMatch(/\| scifact \| 0\.6000 \| 0\.6400 \| \+0\.0400† \|/);
    expect(text).toContain("two-sided paired t test, not corrected");
    expect(text).not.toContain("fixed alpha");
  });

  it("carries the sentences of single rows, and why a row has no test", () => {
    const result = testedExperiment();
    const [first, ...others] = result.comparison?.rows ?? [];
    expect(markdown()).toContain("nDCG@10: The difference is small. This holds for `bge-small-en` on `fiqa`.");
    if (first === undefined || result.comparison === null) throw new Error("there are rows");
    const failed = { ...first, comparison: null, pCorrected: null, reason: "its base failed." };
    const text = renderMarkdown(
      buildReport({ ...result, comparison: { ...result.comparison, rows: [failed, ...others] } }),
    );
    expect(text).toContain("nDCG@10, `bge-small-en` on `scifact`: not compared: its base failed.");
    expect(text).toMatch(/\| scifact \| 0\.6000 \| 0\.6500 \| \+0\.0500 \| – \| – \|/);
  });

  it("keeps to 100 columns in a terminal", async () => {
    const text = await renderTerminal(buildReport(testedExperiment()));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatch(/│ +\+0\.0500† │ +\[0\.0120, 0\.0880\] │ 0\.0080 │/);
  });
});

describe("comparisonsCsv", () => {
  it("has a record a row at full precision, means too", () => {
    const [head, ...records] = comparisonsCsv(buildReport(testedExperiment()))
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));
    const named = records.map((record) => Object.fromEntries(record.map((field, at) => [head?.[at], field])));
    expect(named.map(({ dataset, mean, p_corrected }) => [dataset, mean, p_corrected])).toEqual([
      ["scifact", "false", "0.008"],
      ["fiqa", "false", "0.07"],
      ["macro mean", "true", "0.02"],
    ]);
    expect(named[1]).toMatchObject({ p: "0.00001", wins: "10", spike: "0.4", cross_fitted_alphas: "0.25 0.5 0.5" });
    expect(named[2]).toMatchObject({ dz: "", micro_difference: "0.06", micro_high: "0.1" });
    expect(new Set(records.map((record) => record.length))).toEqual(new Set([head?.length]));
  });
});

describe("curvesCsv", () => {
  it("has a record a point", () => {
    const lines = curvesCsv(testedExperiment()).trim().split("\r\n");
    expect(lines[0]).toBe("retriever,queries,scenarios,fusion,dataset,measure,alpha,mean,difference,low,high");
    expect(lines[1]).toBe("bge-small-en,original,spike-gpt,weighted-sum,scifact,nDCG@10,0.5,0.65,0.05,0.012,0.088");
    expect(lines).toHaveLength(1 + 2);
  });
});

describe("pText", () => {
  it.each([
    [0.00005, "0.0001"],
    [0.00001, "<0.0001"],
    [1, "1.0000"],
  ])("writes %d as %s: a p value is never 0", (p, text) => expect(pText(p)).toBe(text));
});

describe("alphasText", () => {
  it.each([
    [[], "–"],
    [[0.5, 0.3, 0.5], "0.3, 0.5"],
    [[0.1, 0.2, 0.3, 0.4], "0.1 to 0.4"],
  ])("writes %j as %s", (alphas, text) => expect(alphasText(alphas)).toBe(text));
});
