import { describe, expect, it } from "vitest";
import { type EvaluationReport, formatEvaluation } from "../../harness/report/evaluation.ts";

const report: EvaluationReport = {
  run: "=bm25.txt",
  dataset: "scifact",
  measures: ["nDCG@10", "AP"],
  values: { "nDCG@10": 1 / 3, AP: 0.25 },
  queries: { judged: 3, answered: 2, missing: 1, unjudged: 4 },
  notes: [],
};
const perQuery = new Map([
  ["10", { "nDCG@10": 1, AP: 0.75 }],
  ["9,5", { "nDCG@10": 0, AP: 0 }],
]);

describe("formatEvaluation", () => {
  it("writes JSON of means and counts, per query only when there are such values", async () => {
    const json = {
      values: { "nDCG@10": 1 / 3, AP: 0.25 },
      queries: { judged: 3, answered: 2, missing: 1, unjudged: 4 },
    };
    expect(JSON.parse(await formatEvaluation(report, "json"))).toEqual(json);
    expect(JSON.parse(await formatEvaluation({ ...report, perQuery, notes: ["A note."] }, "json"))).toEqual({
      ...json,
      notes: ["A note."],
      perQuery: { "10": { "nDCG@10": 1, AP: 0.75 }, "9,5": { "nDCG@10": 0, AP: 0 } },
    });
  });

  it("writes CSV in long form with full precision, the mean last", async () => {
    expect(await formatEvaluation({ ...report, perQuery }, "csv")).toBe(
      [
        "run,dataset,query,measure,value",
        "'=bm25.txt,scifact,10,nDCG@10,1",
        "'=bm25.txt,scifact,10,AP,0.75",
        `'=bm25.txt,scifact,"9,5",nDCG@10,0`,
        `'=bm25.txt,scifact,"9,5",AP,0`,
        "'=bm25.txt,scifact,all,nDCG@10,0.3333333333333333",
        "'=bm25.txt,scifact,all,AP,0.25",
        "",
      ].join("\r\n"),
    );
  });

  it("draws a plain table with four decimals, the counts and the notes", async () => {
    const text = await formatEvaluation({ ...report, perQuery, notes: ["A note."] }, "table");
    const lines = text.split("\n");
    expect(lines.map((line) => line.split("│").map((cell) => cell.trim())).filter((cells) => cells.length > 1)).toEqual(
      [
        ["", "query", "nDCG@10", "AP", ""],
        ["", "10", "1.0000", "0.7500", ""],
        ["", "9,5", "0.0000", "0.0000", ""],
        ["", "all", "0.3333", "0.2500", ""],
      ],
    );
    expect(text).not.toContain("\u001b");
    expect(lines.at(-3)).toMatch(/3.*2.*1.*4/);
    expect(lines.slice(-2)).toEqual(["A note.", ""]);
  });

  it("lets no id or note steer the terminal", async () => {
    const hostile = { ...report, perQuery: new Map([["q\u001b[2J", { AP: 1 }]]), notes: ["n\u202eote\u001b[31m"] };
    expect((await formatEvaluation(hostile, "table")).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});
