import { describe, expect, it } from "vitest";
import { measureQuery } from "./measure-query.ts";

type Row = {
  readonly why: string;
  readonly text: string;
  readonly ids: string;
  readonly grades: Readonly<Record<string, number>>;
  readonly value: number;
};

function check({ text, ids, grades, value }: Row): void {
  expect(measureQuery(text, { ids, grades })).toBeCloseTo(value, 12);
}

/** Outcomes that every measure of relevance shares. */
function noRelevant(text: string): Row[] {
  return [
    { why: "a query without relevant documents is 0", text, ids: "ab", grades: { a: 0, b: -1 }, value: 0 },
    { why: "nothing retrieved is 0", text, ids: "", grades: { a: 1 }, value: 0 },
    { why: "a negative grade is not relevant", text, ids: "n", grades: { n: -1, a: 1 }, value: 0 },
  ];
}

describe("P", () => {
  it.each<Row>([
    { why: "counts the relevant in the first k", text: "P@3", ids: "axb", grades: { a: 1, b: 2 }, value: 2 / 3 },
    { why: "divides by k when fewer are returned", text: "P@10", ids: "a", grades: { a: 1 }, value: 1 / 10 },
    { why: "rel raises the bar", text: "P(rel=2)@3", ids: "axb", grades: { a: 1, b: 2 }, value: 1 / 3 },
    ...noRelevant("P@5"),
  ])("$why", check);
});

describe("R", () => {
  it.each<Row>([
    { why: "divides by all relevant", text: "R@2", ids: "axb", grades: { a: 1, b: 1, c: 1 }, value: 1 / 3 },
    { why: "rel changes both sides", text: "R(rel=2)@3", ids: "axb", grades: { a: 1, b: 2, c: 3 }, value: 1 / 2 },
    ...noRelevant("R@5"),
  ])("$why", check);

  it("divides by at most k when the policy caps it", () => {
    const given = { ids: "ab", grades: { a: 1, b: 1, c: 1 } };
    expect(measureQuery("R@2", given)).toBeCloseTo(2 / 3, 12);
    expect(measureQuery("R@2", { ...given, recall: "capped" })).toBe(1);
    expect(measureQuery("R@10", { ...given, recall: "capped" })).toBeCloseTo(2 / 3, 12);
  });
});

describe("AP", () => {
  it.each<Row>([
    {
      why: "averages precision over all relevant",
      text: "AP",
      ids: "axb",
      grades: { a: 1, b: 1, c: 1 },
      value: (1 + 2 / 3) / 3,
    },
    { why: "a cut keeps the denominator", text: "AP@2", ids: "axb", grades: { a: 1, b: 1 }, value: 1 / 2 },
    { why: "rel raises the bar", text: "AP(rel=2)", ids: "axb", grades: { a: 1, b: 2 }, value: 1 / 3 },
    // the answer that ir_measures' own tests expect of pytrec_eval, with a grade of -1
    {
      why: "passes over -1 as pytrec_eval",
      text: "AP",
      ids: "1423",
      grades: { 0: 1, 3: 2, 4: -1, 5: 0 },
      value: 0.125,
    },
    ...noRelevant("AP"),
  ])("$why", check);
});

describe("RR", () => {
  it.each<Row>([
    { why: "is 1 / the first relevant rank", text: "RR", ids: "xab", grades: { a: 1, b: 1 }, value: 1 / 2 },
    { why: "is 0 behind the cut", text: "RR@1", ids: "xab", grades: { a: 1, b: 1 }, value: 0 },
    { why: "rel raises the bar", text: "RR(rel=2)@10", ids: "xab", grades: { a: 1, b: 2 }, value: 1 / 3 },
    ...noRelevant("RR@10"),
  ])("$why", check);
});

describe("Success", () => {
  it.each<Row>([
    { why: "is 1 with one relevant in the first k", text: "Success@2", ids: "xa", grades: { a: 1 }, value: 1 },
    { why: "is 0 behind the cut", text: "Success@1", ids: "xa", grades: { a: 1 }, value: 0 },
    { why: "rel raises the bar", text: "Success(rel=2)@2", ids: "xa", grades: { a: 1, b: 2 }, value: 0 },
    ...noRelevant("Success@5"),
  ])("$why", check);
});

describe("Judged", () => {
  it.each<Row>([
    { why: "counts any grade", text: "Judged@4", ids: "abcx", grades: { a: 1, b: 0, c: -1 }, value: 3 / 4 },
    { why: "divides by what was returned", text: "Judged@10", ids: "ax", grades: { a: 1 }, value: 1 / 2 },
    { why: "is 0 when nothing was returned", text: "Judged@10", ids: "", grades: { a: 1 }, value: 0 },
    // answers that ir_measures' own tests expect
    { why: "is 1/4 as in ir_measures", text: "Judged@10", ids: "1324", grades: { 0: 1, 3: 2, 5: 2 }, value: 1 / 4 },
    { why: "is 1/3 as in ir_measures", text: "Judged@3", ids: "1324", grades: { 0: 1, 3: 2, 5: 2 }, value: 1 / 3 },
    { why: "is 0 as in ir_measures", text: "Judged@1", ids: "1324", grades: { 0: 1, 3: 2, 5: 2 }, value: 0 },
  ])("$why", check);
});
