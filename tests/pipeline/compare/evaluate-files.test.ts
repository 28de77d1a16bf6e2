import { describe, expect, it } from "vitest";
import { evaluateFiles } from "../../../harness/pipeline/compare/evaluate-files.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder();

async function files(given: { readonly qrels?: string; readonly run?: string } = {}) {
  return {
    qrels: await folder.write("dev.qrels", given.qrels ?? "q1 0 a 1\nq2 0 a 1\n"),
    run: await folder.write("bm25.run", given.run ?? "q1 Q0 b 1 2 t\nq1 Q0 a 2 1 t\nq3 Q0 a 1 1 t\n"),
  };
}

describe("evaluateFiles", () => {
  it("measures the default list over the judged queries", async () => {
    expect(await evaluateFiles(await files())).toEqual({
      run: "bm25.run",
      dataset: "dev.qrels",
      measures: ["nDCG@10", "R@100", "AP", "RR@10"],
      values: { "nDCG@10": 1 / Math.log2(3) / 2, "R@100": 1 / 2, AP: 1 / 2 / 2, "RR@10": 1 / 2 / 2 },
      queries: { judged: 2, answered: 1, missing: 1, unjudged: 1 },
      perQuery: undefined,
      notes: [],
    });
  });

  it("gives values by query when asked to", async () => {
    const { perQuery } = await evaluateFiles({ ...(await files()), measures: "RR", perQuery: true });
    expect([...(perQuery ?? [])]).toEqual([
      ["q1", { RR: 1 / 2 }],
      ["q2", { RR: 0 }],
    ]);
  });

  it("notes repeated judgements, capped recall and float32 scores", async () => {
    const paths = await files({ qrels: "q1 0 a 1\nq1 0 a 1\n" });
    const { notes } = await evaluateFiles({ ...paths, recall: "capped", scorePrecision: "float32" });
    expect(notes).toHaveLength(3);
  });

  it("gives an empty run 0", async () => {
    const { values, queries } = await evaluateFiles({ ...(await files({ run: "" })), measures: "AP" });
    expect(values).toEqual({ AP: 0 });
    expect(queries).toEqual({ judged: 2, answered: 0, missing: 2, unjudged: 0 });
  });

  it.each([
    { why: "a run of other queries", given: { run: "x1 Q0 a 1 1 t\n" } },
    { why: "empty qrels", given: { qrels: "# none\n" } },
  ])("refuses $why", async ({ given }) => {
    await expect(evaluateFiles(await files(given))).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("refuses a bad measure before it looks for the files", async () => {
    const paths = { qrels: folder.path("absent.qrels"), run: folder.path("absent.run") };
    await expect(evaluateFiles({ ...paths, measures: "P" })).rejects.toMatchObject({ code: "MEASURE_INVALID" });
    await expect(evaluateFiles(paths)).rejects.toMatchObject({ code: "FILE_MISSING", where: paths.qrels });
  });
});
