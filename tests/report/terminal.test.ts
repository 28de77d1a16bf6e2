import { describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../harness/domain/result.ts";
import { buildReport } from "../../harness/report/report-model.ts";
import { renderTerminal } from "../../harness/report/terminal.ts";
import { cellOf, resultOf, smallExperiment, sweepCells } from "./experiment-fixture.ts";

import { hostileExperiment } from "./hostile-experiment.ts";

const render = (result: ExperimentResult) => renderTerminal(buildReport(result));
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

describe("renderTerminal", () => {
  it("keeps to 100 columns and has no control characters but line ends", async () => {
    const text = await render(smallExperiment());
    expect(widest(text)).toBeLessThanOrEqual(100);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("shows the headline of every system on one line", async () => {
    expect(await render(smallExperiment())).toMatch(
      /│ bm25 +│ fiqa +│ 0\.2360 │ +0\.2304 │ +-0\.0056 │ +– │ – │ +98\.9 % │/,
    );
  });

  it("puts alphas down the rows when they do not fit across, and marks the declared one and the best", async () => {
    const text = await render(smallExperiment());
    expect(text).toMatch(/│ 0\.5 \(declared\) │ +0\.7350 {2}│ +0\.4090\* │/);
    expect(text).toMatch(/│ 0\.3 +│ .*failed/);
  });

  it("puts alphas across the columns when they fit", async () => {
    const spike = { scenarios: "s", fusion: "weighted-sum" };
    const cells = [0, 0.5, 1].map((alpha) => cellOf({ ...spike, alpha }, { "nDCG@10": 0.5 + alpha * (1 - alpha) }));
    const text = await render(resultOf({ cells: [cellOf({}, { "nDCG@10": 0.5 }), ...cells] }));
    expect(text).toMatch(/│ bge-small-en │ scifact │ 0\.5000 │ 0\.5000 │ 0\.7500\* │ 0\.5000 │/);
  });

  it("gives every system its own tables when the names are too long for one", async () => {
    const retrievers = ["Qwen/Qwen3-Embedding-0.6B", "sentence-transformers/all-MiniLM-L6-v2"];
    const datasets = ["bright/theoremqa_questions", "bright/theoremqa_theorems", "scifact", "fiqa"];
    const cells = retrievers.flatMap((retriever) =>
      datasets.flatMap((dataset) => sweepCells({ retriever, dataset }, { base: 0.3, gain: 0.02, peak: 0.5 })),
    );
    const other = cellOf(
      { retriever: "Qwen/Qwen3-Embedding-0.6B", scenarios: "spike-qwen", fusion: "weighted-sum", alpha: 0.5 },
      { "nDCG@10": 0.25 },
    );
    const text = await render(resultOf({ cells: [...cells, other] }));
    expect(widest(text)).toBeLessThanOrEqual(100);
    const titles = [
      "Qwen/Qwen3-Embedding-0.6B, scenarios spike-gpt",
      "Qwen/Qwen3-Embedding-0.6B, scenarios spike-qwen",
      "sentence-transformers/all-MiniLM-L6-v2, scenarios spike-gpt",
    ];
    for (const title of titles) expect(text.split(`\n${title}\n┌`)).toHaveLength(1 + 3);
    for (const dataset of datasets) expect(text).toContain(` ${dataset} │`);
  });

  it("says coverage, queries, failures and notes in lines", async () => {
    const text = await render(smallExperiment());
    expect(text).toContain("- spike-gpt on scifact: 5,100 of 5,183 documents covered (98.4 %); 60 noise only;");
    expect(text).toContain("- scifact: 300 judged, 300 answered, 0 missing, in 24 cells");
    expect(text).toContain("1 of 48 cells failed.");
    expect(text).toContain("- `bm25` on `fiqa`, alpha 0.3: no space left");
  });

  it("turns what could steer a terminal into spaces", async () => {
    const text = await render(resultOf({ cells: [cellOf({ retriever: "a\u001b[2Jb" }, { "nDCG@10": 0.5 })] }));
    expect(text).toContain("a [2Jb");
  });

  it("shows base values only when there are no scenarios", async () => {
    const text = await render(resultOf({ cells: [cellOf({}, { "nDCG@10": 0.7 })] }));
    expect(text).toMatch(/│ bge-small-en │ scifact │ 0\.7000 │/);
    expect(text).not.toMatch(/oracle|SPIKE|every alpha/);
  });

  it("lets no name or note steer the terminal or turn the order of letters", async () => {
    const text = await render(hostileExperiment());
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(text).toContain("safe<U+202E>txt.exe");
  });
});
