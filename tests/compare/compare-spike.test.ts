import { describe, expect, it } from "vitest";
import { crossFitDatasets, crossFitQueries, fixedAlpha } from "../../harness/compare/alpha-choice.ts";
import { compareFamily } from "../../harness/compare/compare-family.ts";
import { type ComparedSweep, compareSpike, type SpikeOptions } from "../../harness/compare/compare-spike.ts";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import { DECLARATION, sweepOf } from "./made-up-sweeps.ts";

function compare(sweeps: Parameters<typeof compareSpike>[0], declared: Partial<SpikeOptions> = {}) {
  const steps = compareSpike(sweeps, { ...DECLARATION, allowMixed: false, ...declared });
  const seen: number[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { compared: step.value, seen };
    seen.push(step.value);
  }
}
const rowsOf = (compared: readonly ComparedSweep[]) => compared.map(({ row }) => row);

const [x, y, z] = [
  sweepOf({ dataset: "x", retriever: "bm25", gain: 0.5 }),
  sweepOf({ dataset: "y", retriever: "bm25", gain: 0.1 }),
  sweepOf({ dataset: "x", retriever: "dense", gain: 0.3 }),
];

describe("compareSpike", () => {
  it("tests the declared alpha, corrected over all rows of a measure, and yields after every row", () => {
    const { compared, seen } = compare([x, y, z]);
    const members = [x, y, z].map(({ sweep, base }) => ({ a: fixedAlpha(sweep, 0.5).values, b: base }));
    const family = compareFamily(members, DECLARATION);
    expect(rowsOf(compared).map(({ comparison, pCorrected }) => ({ comparison, pCorrected }))).toEqual(family.rows);
    expect(rowsOf(compared).map(({ familySize }) => familySize)).toEqual([3, 3, 3]);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("tests the cross-fitted alpha when that is declared, and shows it when it is not", () => {
    // the declared alpha is the worst here, so cross-fitting chooses another
    const worse = sweepOf({ dataset: "x", retriever: "bm25", gain: -0.8 });
    const chosen = crossFitQueries(worse.sweep, { folds: 5, seed: 1 });
    const mean = [...chosen.values.values.values()].reduce((sum, value) => sum + value, 0) / 30;
    const [fixed] = rowsOf(compare([worse]).compared);
    const [fitted] = rowsOf(compare([worse], { alpha: "cross-fitted" }).compared);
    for (const row of [fixed, fitted]) {
      expect(row?.crossFitted?.alphas).toEqual(chosen.alphas);
      expect(row?.crossFitted?.mean).toBeCloseTo(mean, 12);
    }
    expect(fitted?.comparison).toEqual(compareSystems(chosen.values, worse.base, DECLARATION));
    expect(fixed?.comparison?.meanA).toBeLessThan(fitted?.comparison?.meanA ?? 0);
  });

  it("cross-fits over the datasets of the same system when that is declared", () => {
    const { compared } = compare([x, z, y], { alpha: "cross-fitted", crossFit: "datasets", family: "dataset" });
    const [onX, onY] = crossFitDatasets([x.sweep, y.sweep]);
    expect(compared[0]?.row.crossFitted?.alphas).toEqual(onX?.alphas);
    expect(compared[2]?.row.crossFitted?.alphas).toEqual(onY?.alphas);
    expect(compared[1]?.row).toMatchObject({ comparison: null, pCorrected: null });
    expect(compared[1]?.row.reason).toContain("two datasets or more");
  });

  it.each([
    { family: "all", sizes: [3, 3, 3, 1] },
    { family: "dataset", sizes: [2, 1, 2, 1] },
    { family: "retriever", sizes: [2, 2, 1, 1] },
    { family: "measures", sizes: [4, 4, 4, 4] },
  ] as const)("corrects the family `$family` together", ({ family, sizes }) => {
    const { compared } = compare([x, y, z, { ...x, measure: "R@100" }], { family });
    expect(rowsOf(compared).map(({ familySize }) => familySize)).toEqual(sizes);
    for (const { comparison, pCorrected, familySize } of rowsOf(compared)) {
      if (familySize === 1) expect(pCorrected).toBe(comparison?.pRandomization);
      else expect(pCorrected).toBeGreaterThanOrEqual(comparison?.pRandomization ?? 1);
    }
  });

  it("corrects the t test where that is declared", () => {
    const { compared } = compare([x, y], { test: "paired-t", correction: "bonferroni" });
    for (const { comparison, pCorrected } of rowsOf(compared)) {
      expect(pCorrected).toBe(Math.min(1, 2 * (comparison?.pT ?? Number.NaN)));
    }
  });

  it("has a row without a test for what cannot be compared, with the reason, and leaves it out of the family", () => {
    const single = sweepOf({ dataset: "one", retriever: "bm25", gain: 0.5, queries: 1 });
    const absent = { ...y, sweep: { ...y.sweep, points: y.sweep.points.filter(({ alpha }) => alpha !== 0.5) } };
    const failed = { ...z, reason: "its base failed." };
    const rows = rowsOf(compare([x, single, absent, failed]).compared);
    expect(rows.map(({ familySize, pCorrected }) => [familySize, pCorrected === null])).toEqual([
      [1, false],
      [0, true],
      [0, true],
      [0, true],
    ]);
    expect(rows.map(({ reason }) => reason)).toEqual([
      null,
      expect.stringContaining("two queries or more"),
      expect.stringContaining("got 0.5"),
      "its base failed.",
    ]);
  });

  it("has the curve of every alpha", () => {
    const [row] = rowsOf(compare([x]).compared);
    expect(row?.curve.map(({ alpha }) => alpha)).toEqual([0, 0.5, 1]);
    expect(row?.curve[1]).toMatchObject({
      difference: row?.comparison?.difference,
      interval: row?.comparison?.interval,
    });
  });
});
