import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../harness/domain/result.ts";
import { renderMarkdown } from "../../harness/report/markdown.ts";
import { buildReport } from "../../harness/report/report-model.ts";
import { cellOf, datasetOf, resultOf, smallExperiment } from "./experiment-fixture.ts";

import { hostileExperiment } from "./hostile-experiment.ts";
import { testedExperiment } from "./tested-experiment.ts";

const render = (result: ExperimentResult) => renderMarkdown(buildReport(result));

describe("renderMarkdown", () => {
  it("writes what it wrote before", async () => {
    await expect(render(smallExperiment())).toMatchFileSnapshot("../golden/report/small.md");
    await expect(render(testedExperiment())).toMatchFileSnapshot("../golden/report/tested.md");
  });

  it("puts systems beside each other where there are several datasets", () => {
    expect(render(testedExperiment())).toContain(
      "| bge-small-en | base | <u>0.6000</u> | <u>0.3000</u> | <u>0.4500</u> |\n" +
        "| bge-small-en | + SPIKE | **0.6500†** | **0.4000** | **0.5250†** |",
    );
    expect(render(resultOf({ cells: [cellOf({}, { "nDCG@10": 0.5 })] }))).not.toContain("Bold");
  });

  it("has no element, link or image from names and notes, whatever they hold", () => {
    const html = micromark(render(hostileExperiment()), {
      allowDangerousHtml: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    });
    const elements = new Set(Array.from(html.matchAll(/<([a-z]\w*)/g), ([, name]) => name));
    expect([...elements].sort()).toEqual(
      ["br", "code", "h1", "h2", "li", "p", "table", "tbody", "td", "th", "thead", "tr", "ul"].sort(),
    );
    expect(html).not.toMatch(/ (href|src|on\w+)="/);
  });

  it("shows base, SPIKE, difference and oracle in one row", () => {
    const text = render(smallExperiment());
    expect(text).toContain("| retriever | dataset | base | SPIKE alpha 0.5 | difference | interval | p | covered |");
    expect(text).toContain("| bge-small-en | fiqa | 0.3850 | 0.4090 | +0.0240 | – | – | 98.9 % |");
    expect(text).toContain(
      "| retriever | dataset | base | fixed alpha 0.5 | cross-fitted | its alphas | oracle | its alpha |",
    );
    expect(text).toContain("| bge-small-en | fiqa | 0.3850 | 0.4090 | – | – | 0.4090 | 0.5 |");
    expect(text).toContain("Oracle: the best alpha of the sweep, tuned on the test queries, shown, never claimable.");
    expect(text).toContain("Nothing was tested for significance: a difference alone proves nothing.");
  });

  it("has one headline and one sweep a measure, the best of a row bold, the second underlined", () => {
    const text = render(smallExperiment());
    expect(text.match(/^## (nDCG@10|R@100)$/gm)).toHaveLength(2);
    expect(text).toMatch(/^\| bge-small-en \| fiqa \|.* <u>0\.4080<\/u> \| \*\*0\.4090\*\* \| <u>0\.4080<\/u> \|/m);
  });

  it("shows a failed cell in the sweep, at the top and with its reason", () => {
    const text = render(smallExperiment());
    expect(text).toMatch(/^\| bm25 \| fiqa \|.* failed \|/m);
    expect(text).toContain("**1 of 48 cells failed.**");
    expect(text).toContain(
      "- `bm25` on `fiqa`, alpha 0.3: no space left on the device while `run.trec.gz` was written.",
    );
  });

  it("has as many cells in every row of a table as in its head", () => {
    const tables = render(smallExperiment())
      .split("\n\n")
      .filter((block) => block.startsWith("|"));
    expect(tables).toHaveLength(2 * 4 + 3);
    for (const table of tables) expect(new Set(table.split("\n").map((line) => line.split("|").length)).size).toBe(1);
  });

  it("escapes what Markdown would take for markup in a name", () => {
    const retriever = "a|b`c<d>\\e*f_g\nh[i]";
    const text = render(resultOf({ cells: [cellOf({ retriever }, { "nDCG@10": 0.5 })] }));
    expect(text).toContain("| a\\|b\\`c&lt;d>\\\\e\\*f_g h\\[i\\] | scifact | 0.5000 |");
  });

  it("keeps code in a note as code and escapes the rest", () => {
    const text = render(resultOf({ notes: ["# `a<b>` and <b>\nnext", "1. lonely ` tick"] }));
    expect(text).toContain("- \\# `a<b>` and &lt;b> next\n- 1\\. lonely \\` tick\n");
  });

  it("has neither sweep nor oracle nor coverage without scenarios", () => {
    const text = render(resultOf({ cells: [cellOf({}, { "nDCG@10": 0.7 })] }));
    expect(text).toContain("| retriever | dataset | base |");
    expect(text).not.toMatch(/sweep|oracle|coverage/i);
  });

  it("leaves out the columns of the declared alpha when no sweep has it", () => {
    const text = render({ ...smallExperiment(), declaredAlpha: 0.55 });
    expect(text).toContain("| retriever | dataset | base | covered |");
    expect(text).toContain("| retriever | dataset | base | cross-fitted | its alphas | oracle | its alpha |");
    expect(text).toContain("The declared alpha 0.55 is not in the sweep of every row");
  });

  it("prints the notes of a dataset and the rules of its policy", () => {
    const text = render(resultOf({ datasets: [{ ...datasetOf("scifact"), notes: ["3 empty documents."] }] }));
    expect(text).toContain("- `scifact`: 3 empty documents.");
    expect(text).toContain("- Policy 3f2a9c71d0be: qrels original, selfId drop, docText title+text");
  });
});
