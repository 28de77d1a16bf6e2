import { describe, expect, it } from "vitest";
import { randomizationTest } from "../../harness/compare/randomization-test.ts";
import { fc } from "../seeded-fast-check.ts";
import { differencesOf, goldenPairs } from "./golden.ts";
import { signPatterns } from "./made-up-systems.ts";

const OPTIONS = { seed: 1, draws: 100_000 };

function onMean(differences: readonly number[], options = OPTIONS) {
  const terms = differences.map((value) => value / differences.length);
  return randomizationTest([{ label: "d", terms }], options);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Integers, so that the definition can be followed without rounding. */
const smallTerms = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 9 });

describe("randomizationTest", () => {
  it("gives 128 / 4096 on the example of docs/semantics.md", () => {
    // four of the twelve differences are zero, so 256 patterns stand for the 4,096
    expect(onMean(differencesOf("example"))).toEqual({ p: 128 / 4096, draws: 256, exact: true });
  });

  it.each(goldenPairs.filter(({ pExact }) => pExact !== undefined))(
    "agrees with scipy's permutation test on the pair `$name`",
    ({ name, pExact }) => expect(onMean(differencesOf(name)).p).toBeCloseTo(pExact ?? 0, 14),
  );

  it("counts the sign patterns that are as extreme, over all datasets", () => {
    fc.assert(
      fc.property(smallTerms, smallTerms, (first, second) => {
        const terms = [...first, ...second];
        const patterns = signPatterns(terms.length);
        const observed = Math.abs(sumOf(terms));
        const extreme = patterns.filter(
          (signs) => Math.abs(sumOf(terms.map((term, at) => term * (signs[at] ?? 0)))) >= observed,
        );
        const { p, exact } = randomizationTest(
          [
            { label: "x", terms: first },
            { label: "y", terms: second },
          ],
          OPTIONS,
        );
        expect({ p, exact }).toEqual({ p: extreme.length / patterns.length, exact: true });
      }),
      { numRuns: 30 },
    );
  });

  it("counts patterns that are as extreme on paper but not in their last bits", () => {
    // 0.1 + 0.2 is above 0.3 and 0.3 - 0.1 below 0.2: all of these sums are 0.3 or 0
    expect(onMean([0.1, 0.2, -0.3, 0.3]).p).toBe(12 / 16);
  });

  it("looks at all patterns of 20 differences that are not zero, and samples from 21 on", () => {
    const differences = Array.from({ length: 20 }, (_, at) => (at + 1) / 100);
    expect(onMean([...differences, 0, 0])).toEqual({ p: 2 / 2 ** 20, draws: 2 ** 20, exact: true });
    expect(onMean([...differences, 1])).toMatchObject({ draws: 100_000, exact: false });
  });

  it("is never 0 when sampled", () => {
    expect(onMean(Array.from({ length: 40 }, () => 0.5)).p).toBe(1 / 100_001);
  });

  it("is 1 when all differences are zero, and at least 1/2 when one query differs", () => {
    expect(onMean([0, 0, 0])).toEqual({ p: 1, draws: 1, exact: true });
    expect(onMean([0, 0.5, 0])).toEqual({ p: 1, draws: 2, exact: true });
    expect(onMean([0.25, 0.5, 0])).toEqual({ p: 2 / 4, draws: 4, exact: true });
  });

  it("samples within 4 standard errors of the exact p of 83 differences", () => {
    // hundredths, so that the exact distribution of the sum can be counted
    const hundredths = differencesOf("many-ties").map((value) => Math.round(value * 100));
    const exact = exactP(hundredths);
    const draws = 100_000;
    const weaker = hundredths.map((value, at) => (at % 3 === 0 ? -value : value));
    for (const [values, expected] of [
      [hundredths, exact],
      [weaker, exactP(weaker)],
    ] as const) {
      const { p } = onMean(values.map((value) => value / 100));
      const error = Math.sqrt((expected * (1 - expected)) / draws) + 1 / draws;
      expect(Math.abs(p - expected)).toBeLessThan(4 * error);
    }
    expect(exact).toBeLessThan(1e-3);
    expect(exactP(weaker)).toBeGreaterThan(0.01);
  });

  it("depends on the seed and the labels when sampled, and on nothing else", () => {
    const terms = differencesOf("fifty").map((value) => value / 50);
    const run = (label: string, seed: number) => randomizationTest([{ label, terms }], { seed, draws: 5_000 }).p;
    expect(run("d", 1)).toBe(run("d", 1));
    expect(new Set([run("d", 1), run("d", 2), run("d", 3), run("e", 1), run("f", 1)]).size).toBeGreaterThan(1);
  });

  it("does not change with the sign or the unit of the differences", () => {
    const differences = differencesOf("past-fifty");
    const { p } = onMean(differences);
    expect(onMean(differences.map((value) => -value)).p).toBe(p);
    expect(onMean(differences.map((value) => value / 4)).p).toBe(p);
  });
});

/** Share of sign patterns of whole numbers whose sum is as far from zero as the observed one. */
function exactP(values: readonly number[]): number {
  let shares = new Map([[0, 1]]);
  for (const value of values) {
    const next = new Map<number, number>();
    for (const [sum, share] of shares) {
      for (const to of [sum + value, sum - value]) next.set(to, (next.get(to) ?? 0) + share / 2);
    }
    shares = next;
  }
  const observed = Math.abs(sumOf(values));
  return sumOf([...shares].filter(([sum]) => Math.abs(sum) >= observed).map(([, share]) => share));
}
