import { describe, expect, it } from "vitest";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import type { Comparison } from "../../harness/domain/comparison.ts";
import { golden } from "./golden.ts";
import { normals, systemOf } from "./made-up-systems.ts";

const { example } = golden.pairs;
const exampleA = systemOf(example?.a ?? [], { system: "spike" });
const exampleB = systemOf(example?.b ?? [], { system: "base" });

function compared(a: readonly number[], b: readonly number[]): Comparison {
  return compareSystems(systemOf(a), systemOf(b), { wilcoxon: true });
}

describe("compareSystems", () => {
  it("gives the check values of docs/semantics.md", () => {
    const found = compareSystems(exampleA, exampleB, { wilcoxon: true });
    const close = (value: number) => expect.closeTo(value, 9);
    expect(found).toEqual({
      n: 12,
      meanA: close((example?.a ?? []).reduce((sum, value) => sum + value, 0) / 12),
      meanB: close((example?.b ?? []).reduce((sum, value) => sum + value, 0) / 12),
      difference: close(0.06629166666666668),
      pRandomization: 0.03125,
      pT: close(0.03800512035209861),
      interval: found.interval,
      dz: close(0.680448461625368),
      wins: 6,
      ties: 4,
      losses: 2,
      mde: close(0.08657580354584),
      relative: close(0.06629166666666668 / (found.meanA - 0.06629166666666668)),
      t: close(2.3571426149344377),
      tInterval: [close(0.004391731700222903), close(0.12819160163311044)],
      pWilcoxon: 0.0390625,
      hedges: close(0.680448461625368 * 0.9302325581395349),
      superiority: (6 + 4 / 2) / 12,
      systemA: "spike",
      systemB: "base",
      dataset: "d",
      randomization: { draws: 256, exact: true },
      protocol: { generator: "philox4x32-10/1", seed: 1, draws: 100_000, resamples: 10_000, level: 0.95 },
      notes: ["The difference is smaller than what so many queries could be expected to detect (power .8 at .05)."],
    });
    const [low = 0, high = 0] = example?.bca95?.sd ?? [];
    expect(Math.abs(found.interval[0] - 0.0232)).toBeLessThan(4 * low);
    expect(Math.abs(found.interval[1] - 0.1327)).toBeLessThan(4 * high);
  });

  it("prints the keys that scripts read first, in this order", () => {
    const json = JSON.stringify(compareSystems(exampleA, exampleB));
    expect(Object.keys(JSON.parse(json)).slice(0, 12)).toEqual([
      "n",
      "meanA",
      "meanB",
      "difference",
      "pRandomization",
      "pT",
      "interval",
      "dz",
      "wins",
      "ties",
      "losses",
      "mde",
    ]);
    expect(JSON.parse(json)).toEqual(compareSystems(exampleA, exampleB));
  });

  it("turns over when the systems change places", () => {
    const [there, back] = [compareSystems(exampleA, exampleB), compareSystems(exampleB, exampleA)];
    expect(back).toMatchObject({
      meanA: there.meanB,
      meanB: there.meanA,
      difference: -there.difference,
      pRandomization: there.pRandomization,
      pT: there.pT,
      dz: -(there.dz ?? 0),
      wins: there.losses,
      losses: there.wins,
      mde: there.mde,
    });
  });

  it("depends on no order of queries, and is the same at every start", () => {
    const [a, b] = [normals(80, "a"), normals(80, "b")].map((values) => systemOf(values));
    if (a === undefined || b === undefined) throw new Error("two systems");
    const turned = { ...a, values: new Map([...a.values].reverse()) };
    const found = compareSystems(a, b);
    expect(found.randomization.exact).toBe(false);
    expect(compareSystems(turned, b)).toEqual(found);
    expect(compareSystems(a, b, { seed: 2 }).pRandomization).not.toBe(found.pRandomization);
  });

  it("finds no difference between equal systems", () => {
    expect(compared([0.5, 0.25, 1], [0.5, 0.25, 1])).toMatchObject({
      ...{
        difference: 0,
        pRandomization: 1,
        pT: 1,
        interval: [0, 0],
        dz: null,
        wins: 0,
        ties: 3,
        losses: 0,
        mde: null,
      },
      ...{ relative: 0, t: 0, tInterval: [0, 0], pWilcoxon: 1, hedges: null, superiority: 1 / 2 },
      notes: ["Both systems have the same value for every query."],
    });
  });

  it("has no t test and no d_z where all differences are the same, but a randomization test", () => {
    expect(compared([0.75, 0.5, 1], [0.5, 0.25, 0.75])).toMatchObject({
      ...{ difference: 0.25, pRandomization: 2 / 8, pT: null, interval: [0.25, 0.25], dz: null, wins: 3, mde: null },
      ...{ relative: 1 / 2, t: null, tInterval: [0.25, 0.25], pWilcoxon: 2 / 8, hedges: null, superiority: 1 },
      notes: ["The difference is the same for every query: its spread is unknown, so there is no t test and no d_z."],
    });
  });

  it("cannot be sure of one query that differs", () => {
    expect(compared([1, 0, 0, 0], [0, 0, 0, 0])).toMatchObject({
      ...{ difference: 1 / 4, pRandomization: 1, pWilcoxon: 1, wins: 1, ties: 3, relative: null },
      dz: 1 / 4 / Math.sqrt((9 / 16 + 3 / 16) / 3),
    });
  });

  it("compares two queries, the fewest there can be", () => {
    expect(compared([0.5, 0.25], [0.25, 0.125])).toMatchObject({
      ...{ n: 2, pRandomization: 2 / 4, hedges: 0, interval: [0.125, 0.25] },
      pT: expect.closeTo(golden.pairs["two"]?.pT ?? 0, 12),
    });
  });

  it("has no relative difference to a mean of 0, and no Wilcoxon test unless asked", () => {
    expect(compareSystems(systemOf([1, 0.5]), systemOf([0, 0]))).toMatchObject({ relative: null, pWilcoxon: null });
  });

  it("takes draws, resamples and level from the caller", () => {
    const [a, b] = [systemOf(normals(40, "x")), systemOf(normals(40, "y"))];
    const wide = compareSystems(a, b, { draws: 999, resamples: 2_000, level: 0.99 });
    const narrow = compareSystems(a, b, { draws: 999, resamples: 2_000, level: 0.8 });
    expect(wide.randomization).toEqual({ draws: 999, exact: false });
    expect(wide.interval[0]).toBeLessThan(narrow.interval[0]);
    expect(wide.tInterval[1]).toBeGreaterThan(narrow.tInterval[1]);
  });

  it("refuses what cannot be compared", () => {
    expect(() => compareSystems(systemOf([1]), systemOf([0]))).toThrow(
      expect.objectContaining({ code: "TOO_FEW_QUERIES" }),
    );
  });
});
