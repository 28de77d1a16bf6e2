import { describe, expect, it } from "vitest";
import { ndjsonLine, renderRunJson } from "../../harness/report/json.ts";
import { cellOf, failedCell } from "./experiment-fixture.ts";

const done = cellOf({ scenarios: "spike-gpt", fusion: "weighted-sum", alpha: 0.5 }, { "nDCG@10": 0.735 });
const failed = failedCell({ retriever: "bm25" }, "no space left on the device.");

const WORK = { retriever: "bge-small-en", texts: 5, tokens: 40, seconds: 0.5, served: null };

describe("renderRunJson", () => {
  it("names the experiment, its result file, every cell and what was encoded", () => {
    const text = renderRunJson({
      name: "small",
      result: "runs/small/result.json",
      cells: [{ cell: done, cached: false }],
      encoding: [WORK],
    });
    expect(text.endsWith("}\n")).toBe(true);
    expect(JSON.parse(text)).toEqual({
      name: "small",
      result: "runs/small/result.json",
      cells: [
        {
          retriever: "bge-small-en",
          dataset: "scifact",
          queries: "original",
          scenarios: "spike-gpt",
          fusion: "weighted-sum",
          alpha: 0.5,
          system: "bge-small-en+spike-gpt+0.5",
          status: "done",
          error: null,
          values: { "nDCG@10": 0.735 },
          run: "bge-small-en+spike-gpt+0.5/scifact/run.trec.gz",
        },
      ],
      encoding: [WORK],
    });
  });
});

describe("ndjsonLine", () => {
  it.each([
    { why: "done", cell: done, cached: false, status: "done" },
    { why: "cached when its run was on disk", cell: done, cached: true, status: "cached" },
    { why: "failed, cached or not", cell: failed, cached: true, status: "failed" },
  ])("says $why", ({ cell, cached, status }) => {
    expect(JSON.parse(ndjsonLine({ cell, cached }))).toMatchObject({ status, error: cell.error, values: cell.values });
  });

  it("is one line", () => {
    expect(ndjsonLine({ cell: failedCell({}, "two\nlines"), cached: false })).toMatch(/^[^\n]+\n$/);
  });
});
