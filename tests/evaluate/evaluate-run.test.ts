import { describe, expect, it } from "vitest";
import type { DocId, QueryId } from "../../harness/domain/ids.ts";
import type { Qrels } from "../../harness/domain/qrels.ts";
import type { Run } from "../../harness/domain/run.ts";
import { type EvaluateOptions, evaluateRun } from "../../harness/evaluate/evaluate-run.ts";
import { parseMeasures } from "../../harness/evaluate/parse-measure.ts";
import { fc } from "../seeded-fast-check.ts";

type Scores = Readonly<Record<string, number>>;

function runOf(scores: Readonly<Record<string, Scores>>): Run {
  return new Map(
    Object.entries(scores).map(([query, docs]) => [
      query as QueryId,
      Object.entries(docs).map(([id, score]) => ({ docId: id as DocId, score })),
    ]),
  );
}

function qrelsOf(grades: Readonly<Record<string, Scores>>): Qrels {
  return new Map(
    Object.entries(grades).map(([query, docs]) => [
      query as QueryId,
      new Map(Object.entries(docs).map(([id, grade]) => [id as DocId, grade])),
    ]),
  );
}

function evaluate(
  { run, qrels }: { run: Record<string, Scores>; qrels: Record<string, Scores> },
  { measures, ...options }: Omit<EvaluateOptions, "measures"> & { measures: string },
) {
  return evaluateRun(runOf(run), qrelsOf(qrels), { measures: parseMeasures(measures), ...options });
}

describe("evaluateRun", () => {
  it("averages over the judged queries, never over those of the run", () => {
    const files = {
      run: { q1: { a: 2, x: 1 }, unjudged: { a: 1 }, empty: {} },
      qrels: { q1: { a: 1 }, missing: { a: 1 }, empty: { a: 1 } },
    };
    const { values, perQuery, counts } = evaluate(files, { measures: "RR P@2" });
    expect(values).toEqual({ RR: (1 + 0 + 0) / 3, "P@2": (1 / 2 + 0 + 0) / 3 });
    expect(counts).toEqual({ judged: 3, answered: 1, missing: 2, unjudged: 1 });
    expect(Object.fromEntries(perQuery)).toEqual({
      q1: { RR: 1, "P@2": 1 / 2 },
      missing: { RR: 0, "P@2": 0 },
      empty: { RR: 0, "P@2": 0 },
    });
  });

  it("keeps a query whose judgements hold nothing relevant, at 0", () => {
    const files = { run: { q1: { a: 1 }, q2: { a: 1 } }, qrels: { q1: { a: 1 }, q2: { a: 0, b: -1 } } };
    const { values, counts } = evaluate(files, { measures: "nDCG@10 AP R@10 RR P@1 Success@1 Judged@1" });
    const half = 1 / 2;
    expect(values).toEqual({
      "nDCG@10": half,
      AP: half,
      "R@10": half,
      RR: half,
      "P@1": half,
      "Success@1": half,
      "Judged@1": 1,
    });
    expect(counts).toEqual({ judged: 2, answered: 2, missing: 0, unjudged: 0 });
  });

  it("orders by score and breaks ties by doc id descending, as trec_eval", () => {
    const files = { run: { q: { a: 1, b: 1, c: 2 } }, qrels: { q: { a: 1 } } };
    expect(evaluate(files, { measures: "RR" }).values).toEqual({ RR: 1 / 3 });
    expect(evaluate({ ...files, qrels: { q: { b: 1 } } }, { measures: "RR" }).values).toEqual({ RR: 1 / 2 });
  });

  it("breaks ties by UTF-8 bytes, not by UTF-16 units", () => {
    // U+FF5E is EF BD 9E and U+1F600 is F0 9F 98 80, but its first UTF-16 unit D83D is below FF5E
    const files = { run: { q: { "\uff5e": 1, "\u{1f600}": 1 } }, qrels: { q: { "\u{1f600}": 1 } } };
    expect(evaluate(files, { measures: "RR" }).values).toEqual({ RR: 1 });
  });

  it("lets scores tie that float32 cannot tell apart, when asked to", () => {
    const files = { run: { q: { a: 0.1 + 1e-12, b: 0.1 } }, qrels: { q: { a: 1 } } };
    expect(evaluate(files, { measures: "RR" }).values).toEqual({ RR: 1 });
    expect(evaluate(files, { measures: "RR", scorePrecision: "float32" }).values).toEqual({ RR: 1 / 2 });
  });

  it("caps recall when the policy says so", () => {
    const files = { run: { q: { a: 1 } }, qrels: { q: { a: 1, b: 1 } } };
    expect(evaluate(files, { measures: "R@1" }).values).toEqual({ "R@1": 1 / 2 });
    expect(evaluate(files, { measures: "R@1", recall: "capped" }).values).toEqual({ "R@1": 1 });
  });

  it("gives an empty run 0 and counts every query as missing", () => {
    const { values, counts } = evaluate({ run: {}, qrels: { q: { a: 1 } } }, { measures: "nDCG@10" });
    expect(values).toEqual({ "nDCG@10": 0 });
    expect(counts).toEqual({ judged: 1, answered: 0, missing: 1, unjudged: 0 });
  });

  it.each([{}, { q: {} }])("refuses qrels without a judgement: %j", (qrels) => {
    expect(() => evaluate({ run: {}, qrels }, { measures: "AP" })).toThrow(
      expect.objectContaining({ code: "DATA_INVALID" }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])("refuses the score %s", (score) => {
    expect(() => evaluate({ run: { q: { a: score } }, qrels: { q: { a: 1 } } }, { measures: "AP" })).toThrow(
      expect.objectContaining({ code: "SCORE_INVALID" }),
    );
  });

  it("does not change what it was given", () => {
    const run = runOf({ q: { a: 1, b: 2 } });
    const before = structuredClone(run);
    evaluateRun(run, qrelsOf({ q: { a: 1 } }), { measures: parseMeasures("AP"), scorePrecision: "float32" });
    expect(run).toEqual(before);
  });
});

describe("measures as functions of a run", () => {
  const MEASURES =
    "nDCG nDCG@3 nDCG(dcg='exp-log2')@5 P@3 P(rel=2)@3 R@3 R(rel=2)@3 AP AP@3 RR RR@2 Success@2 Judged@4";
  const grades = fc.dictionary(fc.constantFrom(..."abcdefgh"), fc.integer({ min: -2, max: 4 }), { minKeys: 1 });
  const scores = fc.dictionary(fc.constantFrom(..."abcdefgh"), fc.integer({ min: -2, max: 2 }));
  const files = fc.record({ run: fc.dictionary(fc.constantFrom("q1", "q2", "q3"), scores), judgements: grades });

  it("are in [0, 1]", () => {
    fc.assert(
      fc.property(files, fc.constantFrom("standard" as const, "capped" as const), ({ run, judgements }, recall) => {
        const { values } = evaluate({ run, qrels: { q1: judgements, q2: judgements } }, { measures: MEASURES, recall });
        for (const value of Object.values(values)) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  it("give the ideal ranking an nDCG of exactly 1", () => {
    fc.assert(
      fc.property(grades, fc.integer({ min: 1, max: 12 }), (judgements, k) => {
        fc.pre(Object.values(judgements).some((grade) => grade > 0));
        const measures = `nDCG nDCG@${k} nDCG(dcg='exp-log2')@${k}`;
        const { values } = evaluate({ run: { q: judgements }, qrels: { q: judgements } }, { measures });
        expect(Object.values(values)).toEqual([1, 1, 1]);
      }),
    );
  });

  it("do not change when ids are relabelled in the same order", () => {
    const relabel = (of: Scores) =>
      Object.fromEntries(Object.entries(of).map(([id, number]) => [`doc ${id} ü`, number]));
    fc.assert(
      fc.property(scores, grades, (ranking, judgements) => {
        const before = evaluate({ run: { q: ranking }, qrels: { q: judgements } }, { measures: MEASURES });
        const after = evaluate(
          { run: { p: relabel(ranking) }, qrels: { p: relabel(judgements) } },
          { measures: MEASURES },
        );
        expect(after.values).toEqual(before.values);
      }),
    );
  });

  it("do not change with the order of the run or of the qrels", () => {
    const reversed = <Value>(of: Readonly<Record<string, Value>>) => Object.fromEntries(Object.entries(of).reverse());
    fc.assert(
      fc.property(scores, scores, grades, (first, second, judgements) => {
        const qrels = { q1: judgements, q2: judgements, q3: judgements };
        const before = evaluate({ run: { q1: first, q2: second }, qrels }, { measures: MEASURES });
        const shuffled = { run: { q2: reversed(second), q1: reversed(first) }, qrels: reversed(qrels) };
        expect(evaluate(shuffled, { measures: MEASURES })).toEqual(before);
      }),
    );
  });
});
