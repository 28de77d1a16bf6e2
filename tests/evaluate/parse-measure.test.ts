import { describe, expect, it } from "vitest";
import { DEFAULT_MEASURES, parseMeasure, parseMeasures } from "../../harness/evaluate/parse-measure.ts";
import { measures } from "../../harness/evaluate/registry.ts";
import { fc } from "../seeded-fast-check.ts";

const texts = (list: string | readonly string[]) => parseMeasures(list).map(({ text }) => text);
const invalid = expect.objectContaining({ code: "MEASURE_INVALID" });

describe("parseMeasure", () => {
  it.each([
    "nDCG@10",
    "nDCG",
    "nDCG(dcg='exp-log2')@10",
    "P(rel=2)@10",
    "R@100",
    "AP",
    "AP@100",
    "RR@10",
    "Success@1",
    "Judged@10",
    "R(rel=2)@100",
  ])("keeps the canonical text %s", (text) => {
    expect(parseMeasure(text).text).toBe(text);
  });

  it.each([
    ["ndcg", "nDCG"],
    ["ndcg_cut_10", "nDCG@10"],
    ["ndcg_cut.10", "nDCG@10"],
    ["recall_100", "R@100"],
    ["recall.100", "R@100"],
    ["map", "AP"],
    ["map_cut_10", "AP@10"],
    ["recip_rank", "RR"],
    ["P_10", "P@10"],
    ["P.10", "P@10"],
    ["success_1", "Success@1"],
    ["MRR@10", "RR@10"],
    ["MAP", "AP"],
    ["ndcg@10", "nDCG@10"],
    [" nDCG@10 ", "nDCG@10"],
    ["P(rel=1)@5", "P@5"],
    ["P( rel = 2 )@5", "P(rel=2)@5"],
    ["nDCG(dcg='log2')@10", "nDCG@10"],
    ['nDCG(dcg="exp-log2")@10', "nDCG(dcg='exp-log2')@10"],
    ["nDCG(dcg=exp-log2)@10", "nDCG(dcg='exp-log2')@10"],
    ["R@0100", "R@100"],
  ])("reads %s as %s", (text, canonical) => {
    expect(parseMeasure(text).text).toBe(canonical);
  });

  it("fills in parameters", () => {
    expect(parseMeasure("P(rel=2)@10")).toEqual({
      text: "P(rel=2)@10",
      measure: measures.P,
      params: { cutoff: 10, minGrade: 2, gain: "linear" },
    });
    expect(parseMeasure("nDCG(dcg='exp-log2')").params).toEqual({ cutoff: undefined, minGrade: 1, gain: "exp" });
  });

  it.each([
    ...["", "@10", "nDCGG@10", "ndcg_cut", "nDCG@", "nDCG@0", "nDCG@-1", "nDCG@1.5", "nDCG@ten", "nDCG@1e1"],
    ...["P", "R", "Success", "Judged", "recall", "P(rel=2)", "P(rel=0)@5", "P(rel=-1)@5", "P(rel=1.5)@5"],
    ...["nDCG(rel=2)@10", "Judged(rel=1)@10", "P(dcg='log2')@10", "nDCG(dcg='exp')@10", "nDCG(dcg='exp-log2)@10"],
    ...[
      "P()@5",
      "P(rel)@5",
      "P(rel=2,rel=2)@5",
      "P(rel=2@5",
      "P(rel=2)5",
      "P(cutoff=5)",
      "P@5@10",
      "toString",
      "P_10(rel=2)",
    ],
    ...["nDCG@99999999999999999999", "bpref", "__proto__"],
  ])("refuses `%s`", (text) => {
    expect(() => parseMeasure(text)).toThrow(invalid);
  });

  it("says where the measure stands and which name is near", () => {
    expect(() => parseMeasure("Judgd@10", { where: "runs/a.yaml:4:12" })).toThrow(
      expect.objectContaining({
        code: "MEASURE_INVALID",
        where: "runs/a.yaml:4:12",
        hint: expect.stringContaining("Judged"),
      }),
    );
  });

  it("parses its own text back to an equal request", () => {
    const request = fc.record({
      name: fc.constantFrom("nDCG", "P", "R", "AP", "RR", "Success"),
      cutoff: fc.integer({ min: 1, max: 1000 }),
      rel: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(request, ({ name, cutoff, rel }) => {
        const parsed = parseMeasure(`${name}${name === "nDCG" ? "" : `(rel=${rel})`}@${cutoff}`);
        expect(parseMeasure(parsed.text)).toEqual(parsed);
      }),
    );
  });
});

describe("parseMeasures", () => {
  it.each([
    ["nDCG@10 R@100", ["nDCG@10", "R@100"]],
    ["nDCG@10,R@100", ["nDCG@10", "R@100"]],
    [" nDCG@10 ,\n\tR@100, ", ["nDCG@10", "R@100"]],
    ["P( rel = 2 )@5 nDCG(dcg='exp-log2')@10", ["P(rel=2)@5", "nDCG(dcg='exp-log2')@10"]],
    [
      ["nDCG@10", "R@100 AP"],
      ["nDCG@10", "R@100", "AP"],
    ],
    ["nDCG@10 ndcg_cut_10 nDCG(dcg='log2')@10", ["nDCG@10"]],
  ])("parts %j", (list, expected) => {
    expect(texts(list)).toEqual(expected);
  });

  it.each(["", " , ", [], "nDCG @10", "nDCG@10 nope"])("refuses %j", (list) => {
    expect(() => parseMeasures(list)).toThrow(invalid);
  });

  it("accepts its own default", () => {
    expect(texts(DEFAULT_MEASURES)).toEqual(["nDCG@10", "R@100", "AP", "RR@10"]);
  });
});

describe("measures", () => {
  it.each(Object.entries(measures))(
    "%s is keyed by its name and says what it is and where it is from",
    (key, measure) => {
      expect(measure.name).toBe(key);
      expect(measure.summary).toMatch(/\.$/);
      expect(measure.source).not.toBe("");
    },
  );
});
