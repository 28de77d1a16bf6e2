import { describe, expect, it } from "vitest";
import { measureQuery } from "./measure-query.ts";

/** Discount of a rank. */
const at = (rank: number) => 1 / Math.log2(rank + 1);

describe("nDCG", () => {
  it.each([
    { why: "the ideal ranking is 1", text: "nDCG@10", ids: "ab", grades: { a: 2, b: 1 }, value: 1 },
    { why: "rank 3 is discounted by log2(4)", text: "nDCG@10", ids: "xya", grades: { a: 1 }, value: 1 / 2 },
    {
      why: "the gain is the grade",
      text: "nDCG@10",
      ids: "ba",
      grades: { a: 3, b: 1 },
      value: (1 + 3 * at(2)) / (3 + at(2)),
    },
    {
      why: "exp-log2 gains 2^grade - 1",
      text: "nDCG(dcg='exp-log2')@10",
      ids: "ba",
      grades: { a: 3, b: 1 },
      value: (1 + 7 * at(2)) / (7 + at(2)),
    },
    { why: "a cut ends before the relevant one", text: "nDCG@2", ids: "xya", grades: { a: 1 }, value: 0 },
    { why: "the cut applies to the ideal too", text: "nDCG@1", ids: "ab", grades: { a: 1, b: 1 }, value: 1 },
    { why: "without a cut the ideal is whole", text: "nDCG", ids: "a", grades: { a: 1, b: 1 }, value: 1 / (1 + at(2)) },
    { why: "a negative grade gains nothing", text: "nDCG@10", ids: "na", grades: { n: -2, a: 1 }, value: at(2) },
    { why: "nothing relevant is 0", text: "nDCG@10", ids: "x", grades: { x: 0 }, value: 0 },
    { why: "only negative grades are 0", text: "nDCG@10", ids: "x", grades: { x: -1 }, value: 0 },
    { why: "nothing retrieved is 0", text: "nDCG@10", ids: "", grades: { a: 1 }, value: 0 },
  ])("$why", ({ text, value, ...given }) => {
    expect(measureQuery(text, { ids: given.ids, grades: given.grades as never })).toBeCloseTo(value, 12);
  });

  it("refuses a grade whose exponential gain is no number", () => {
    expect(() => measureQuery("nDCG(dcg='exp-log2')", { ids: "a", grades: { a: 2000 } })).toThrow(
      expect.objectContaining({ code: "DATA_INVALID" }),
    );
  });
});
