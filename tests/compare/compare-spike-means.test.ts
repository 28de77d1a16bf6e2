import { describe, expect, it } from "vitest";
import { fixedAlpha } from "../../harness/compare/alpha-choice.ts";
import { compareAcrossDatasets } from "../../harness/compare/compare-datasets.ts";
import { compareSpike } from "../../harness/compare/compare-spike.ts";
import { compareSpikeMeans, type MeansOptions } from "../../harness/compare/compare-spike-means.ts";
import { P_CORRECTIONS } from "../../harness/compare/p-corrections.ts";
import { DECLARATION, sweepOf } from "./made-up-sweeps.ts";

function lastOf<Result>(steps: Generator<number, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const sweeps = ["bm25", "dense"].flatMap((retriever) =>
  ["x", "y", "z"].map((dataset, at) => sweepOf({ dataset, retriever, gain: 0.1 + 0.2 * at, queries: 10 + at })),
);

function means(declared: Partial<MeansOptions> = {}, of = sweeps) {
  const options = { ...DECLARATION, allowMixed: false, groups: [], datasets: ["x", "y", "z"], ...declared };
  return lastOf(compareSpikeMeans(lastOf(compareSpike(of, options)), options));
}

const pairs = sweeps.slice(0, 3).map(({ sweep, base }) => ({ a: fixedAlpha(sweep, 0.5).values, b: base }));

describe("compareSpikeMeans", () => {
  it("compares every system over all datasets, by stratified tests corrected among themselves", () => {
    const found = means();
    expect(found.map(({ retriever, group, familySize }) => [retriever, group, familySize])).toEqual([
      ["bm25", null, 2],
      ["dense", null, 2],
    ]);
    expect(found[0]?.comparison).toEqual(compareAcrossDatasets(pairs, DECLARATION));
    const raw = found.map(({ comparison }) => comparison.macro.pRandomization);
    expect(found.map(({ pCorrected }) => pCorrected)).toEqual(P_CORRECTIONS.holm(raw));
  });

  it("weighs an inner group as one member", () => {
    const groups = [
      { name: "inner", members: ["y", "z"] },
      { name: "outer", members: ["x", "inner"] },
    ];
    const outer = means({ groups }).find(({ group }) => group === "outer");
    const differences = pairs.map((pair) => compareAcrossDatasets([pair], DECLARATION).macro.difference);
    const [x = 0, y = 0, z = 0] = differences;
    expect(outer?.comparison.macro.difference).toBeCloseTo((x + (y + z) / 2) / 2, 12);
  });

  it("has no mean of a system that lacks a dataset", () => {
    expect(means({}, sweeps.slice(0, 5)).map(({ retriever }) => retriever)).toEqual(["bm25"]);
  });

  it("has no mean over one dataset", () => {
    expect(means({ datasets: ["x"] }, sweeps.slice(0, 1))).toEqual([]);
  });

  it("has no mean over policies that differ unless they may be mixed", () => {
    const [first, ...others] = sweeps.slice(0, 3);
    if (first === undefined) throw new Error("there are sweeps");
    const under = (policyHash: string) => ({
      ...first,
      base: { ...first.base, policyHash },
      sweep: { ...first.sweep, policyHash },
    });
    expect(means({}, [under("other"), ...others])).toEqual([]);
    expect(means({ allowMixed: true }, [under("other"), ...others])).toHaveLength(1);
  });
});
