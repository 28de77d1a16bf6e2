import { describe, expect, it } from "vitest";
import { compareAcrossDatasets } from "../../harness/compare/compare-datasets.ts";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import { golden } from "./golden.ts";
import { signPatterns, systemOf } from "./made-up-systems.ts";

function pairOf(dataset: string, differences: readonly number[], policyHash = "policy") {
  const rest = { dataset, policyHash, qrelsSha256: dataset };
  return {
    a: systemOf(differences, rest),
    b: systemOf(
      differences.map(() => 0),
      rest,
    ),
  };
}

function goldenPair(name: string) {
  const { a = [], b = [] } = golden.pairs[name] ?? {};
  return { a: systemOf(a, { dataset: name }), b: systemOf(b, { dataset: name }) };
}

const X = [0.5, 0.25];
const Y = [0.125, 0.125, -0.5, 1];

describe("compareAcrossDatasets", () => {
  it("weighs datasets alike in the macro mean and queries alike in the micro mean", () => {
    const { datasets, n, macro, micro } = compareAcrossDatasets([pairOf("x", X), pairOf("y", Y)]);
    expect({ datasets, n }).toEqual({ datasets: 2, n: 6 });
    expect(macro.difference).toBeCloseTo((0.75 / 2 + 0.75 / 4) / 2, 15);
    expect(micro.difference).toBeCloseTo((0.75 + 0.75) / 6, 15);
    expect(macro).toMatchObject({ meanB: 0, relative: null, randomization: { draws: 2 ** 6, exact: true } });
    expect(macro.meanA).toBe(macro.difference);
  });

  it("flips signs inside each dataset under its weight", () => {
    const { macro, micro } = compareAcrossDatasets([pairOf("x", X), pairOf("y", Y)]);
    for (const [found, terms] of [
      [macro, [...X.map((value) => value / 2 / 2), ...Y.map((value) => value / 4 / 2)]],
      [micro, [...X, ...Y].map((value) => value / 6)],
    ] as const) {
      const sums = signPatterns(6).map((signs) => terms.reduce((sum, term, at) => sum + term * (signs[at] ?? 0), 0));
      const observed = terms.reduce((sum, term) => sum + term, 0);
      const extreme = sums.filter((sum) => Math.abs(sum) >= observed - 1e-12).length;
      expect(found.pRandomization).toBe(extreme / 2 ** 6);
    }
  });

  it.each(golden.across)("agrees with scipy's bootstrap of several samples, $datasets", ({ datasets, mean, bca95 }) => {
    const { macro } = compareAcrossDatasets(datasets.map(goldenPair), { draws: 100 });
    expect(macro.difference).toBeCloseTo(mean, 14);
    for (const end of [0, 1] as const) {
      expect(Math.abs(macro.interval[end] - (bca95.interval[end] ?? 0))).toBeLessThan(4 * (bca95.sd[end] ?? 0));
    }
  });

  it("is the comparison of the one dataset where there is one", () => {
    const { a, b } = goldenPair("fifty");
    const { macro, micro } = compareAcrossDatasets([{ a, b }]);
    const { difference, pRandomization, interval, relative } = compareSystems(a, b);
    expect(macro).toMatchObject({ difference, pRandomization, interval });
    expect(macro.relative).toBeCloseTo(relative ?? 0, 12);
    expect(micro).toEqual(macro);
  });

  it("does not depend on the order of datasets", () => {
    const pairs = ["fifty", "small", "example"].map(goldenPair);
    const [there, back] = [compareAcrossDatasets(pairs), compareAcrossDatasets([...pairs].reverse())];
    expect(back.macro.pRandomization).toBe(there.macro.pRandomization);
    expect(back.macro.interval[0]).toBeCloseTo(there.macro.interval[0], 12);
    expect(back.micro.interval[1]).toBeCloseTo(there.micro.interval[1], 12);
  });

  it.each([
    { why: "no dataset", pairs: [], code: "FAMILY_EMPTY" },
    { why: "a dataset twice", pairs: [pairOf("x", X), pairOf("x", X)], code: "DUPLICATE_ID" },
    { why: "two policies", pairs: [pairOf("x", X), pairOf("y", Y, "other")], code: "POLICIES_DIFFER" },
    { why: "a dataset of one query", pairs: [pairOf("x", X), pairOf("y", [1])], code: "TOO_FEW_QUERIES" },
  ])("refuses $why", ({ pairs, code }) => {
    expect(() => compareAcrossDatasets(pairs)).toThrow(expect.objectContaining({ code }));
  });

  it("mixes policies when that is allowed, and says so once", () => {
    const pairs = [pairOf("x", X), pairOf("y", Y, "other"), pairOf("z", Y, "other")];
    const { notes } = compareAcrossDatasets(pairs, { allowMixed: true });
    expect(notes).toEqual(["Values under different evaluation policies are compared."]);
  });
});
