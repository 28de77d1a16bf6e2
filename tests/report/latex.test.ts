import { describe, expect, it } from "vitest";
import { renderLatex } from "../../harness/report/latex.ts";
import { buildReport } from "../../harness/report/report-model.ts";
import { cellOf, datasetOf, resultOf, smallExperiment } from "./experiment-fixture.ts";
import { hostileExperiment } from "./hostile-experiment.ts";
import { testedExperiment } from "./tested-experiment.ts";

const golden = (name: string) => `../golden/report/${name}`;

describe("renderLatex", () => {
  it("writes what a TeX engine has compiled", async () => {
    await expect(renderLatex(buildReport(smallExperiment()))).toMatchFileSnapshot(golden("small.tex"));
    await expect(renderLatex(buildReport(testedExperiment()))).toMatchFileSnapshot(golden("tested.tex"));
    await expect(renderLatex(buildReport(hostileExperiment()))).toMatchFileSnapshot(golden("hostile.tex"));
  });

  it("has a row for a retriever alone and one with SPIKE, best of a column bold, second underlined", () => {
    const text = renderLatex(buildReport(testedExperiment()));
    expect(text).toContain("retriever & system & scifact & fiqa & macro mean \\\\");
    expect(text).toContain(
      "bge-small-en & base & \\underline{0.6000} & \\underline{0.3000} & \\underline{0.4500} \\\\\n" +
        "bge-small-en & + SPIKE & \\textbf{0.6500\\textsuperscript{\\dag}} & \\textbf{0.4000} & \\textbf{0.5250\\textsuperscript{\\dag}} \\\\",
    );
  });

  it("says in the caption what a dagger means, with the family", () => {
    expect(renderLatex(buildReport(testedExperiment()))).toMatch(
      /\\caption\{nDCG@10\. SPIKE: alpha 0\.5\..* corrected by Holm over the comparisons of one measure \(2 tests\)\./,
    );
  });

  it("has as many columns in every row as in its head, and as declared", () => {
    const tabulars = [
      ...renderLatex(buildReport(smallExperiment())).matchAll(
        /^\\begin\{tabular\}\{@\{\}([lr]+)@\{\}\}\n(.*?)\\end\{tabular\}\}$/gms,
      ),
    ];
    expect(tabulars).toHaveLength(2 * 4 + 1);
    for (const [, columns = "", body = ""] of tabulars) {
      const rows = body.split("\n").filter((line) => line.endsWith("\\\\"));
      for (const row of rows) expect(row.split(/(?<!\\)&/)).toHaveLength(columns.length);
    }
  });

  it("cuts a table of many datasets into several with the systems in each", () => {
    const cells = Array.from({ length: 15 }, (_, i) => cellOf({ dataset: `d${i}` }, { "nDCG@10": i / 20 }));
    const datasets = cells.map(({ dataset }) => datasetOf(dataset));
    const text = renderLatex(buildReport(resultOf({ cells, datasets })));
    // 15 datasets and their mean, 13 to a table
    expect(text.match(/\\label\{.*\}/g)).toEqual([
      "\\label{tab:spike-small-ndcg-10-systems}",
      "\\label{tab:spike-small-ndcg-10-systems-2}",
    ]);
    expect(text).toContain("retriever & system & d13 & d14 & macro mean \\\\");
  });
});
