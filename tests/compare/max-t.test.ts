import { describe, expect, it } from "vitest";
import { maxT } from "../../harness/compare/max-t.ts";
import { randomizationTest } from "../../harness/compare/randomization-test.ts";
import { fc } from "../seeded-fast-check.ts";
import { normals, signPatterns } from "./made-up-systems.ts";

const OPTIONS = { seed: 1, draws: 20_000 };

/** By the textbook: n - 1 below the variance, infinite without a spread, 0 without any difference. */
function absoluteT(differences: readonly number[]): number {
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  if (differences.every((value) => value === 0)) return 0;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return variance < 1e-12 ? Infinity : Math.abs(mean) / Math.sqrt(variance / n);
}

/** Two strata of whole numbers: rows of one share their signs. */
const strata = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 4 })).chain(([first, second]) =>
  fc.tuple(
    ...[first, second].map((length) =>
      fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { minLength: length, maxLength: length }), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
  ),
);

/** The definition, over all patterns of both strata. */
function bruteForce([first = [], second = []]: readonly (readonly (readonly number[])[])[]): readonly number[] {
  const flip = (rows: readonly (readonly number[])[], signs: readonly number[]) =>
    rows.map((row) => absoluteT(row.map((value, at) => value * (signs[at] ?? 0))));
  const observed = [...first, ...second].map(absoluteT);
  const draws = signPatterns(first[0]?.length ?? 0).flatMap((signs) =>
    signPatterns(second[0]?.length ?? 0).map((others) => [...flip(first, signs), ...flip(second, others)]),
  );
  const single = observed.map((own) => {
    const extreme = draws.filter((draw) => {
      const rivals = draw.filter((_, at) => (observed[at] ?? 0) <= own + 1e-9);
      return Math.max(...rivals) >= own - 1e-9;
    });
    return extreme.length / draws.length;
  });
  return observed.map((own) => Math.max(...single.filter((_, at) => (observed[at] ?? 0) >= own - 1e-9)));
}

describe("maxT", () => {
  it("is the step-down maximum over all sign patterns", () => {
    fc.assert(
      fc.property(strata, (rows) => {
        const found = maxT(
          rows.map((ofStratum, at) => ({ label: `${at}`, rows: ofStratum })),
          OPTIONS,
        );
        for (const [at, expected] of bruteForce(rows).entries()) expect(found[at]).toBeCloseTo(expected, 12);
      }),
      { numRuns: 60 },
    );
  });

  it("is the randomization test where there is one row", () => {
    const row = [0.5, -0.25, 0.75, 0.125, 0];
    const terms = row.map((value) => value / row.length);
    expect(maxT([{ label: "d", rows: [row] }], OPTIONS)).toEqual([
      randomizationTest([{ label: "d", terms }], OPTIONS).p,
    ]);
  });

  it("charges nothing for a row that stands twice, unlike Bonferroni and Holm", () => {
    const row = normals(30, "twice").map((noise) => noise + 0.5);
    const [once] = maxT([{ label: "d", rows: [row] }], OPTIONS);
    expect(maxT([{ label: "d", rows: [row, row, row] }], OPTIONS)).toEqual([once, once, once]);
  });

  it("charges for rows of other datasets, whose signs are independent", () => {
    const row = normals(30, "independent").map((noise) => noise + 0.4);
    const [once = 0] = maxT([{ label: "d", rows: [row] }], OPTIONS);
    const found = maxT(
      ["d", "e", "f"].map((label) => ({ label, rows: [row] })),
      OPTIONS,
    );
    expect(once).toBeLessThan(0.1);
    // the largest of three independent statistics; both sides are counted from random draws
    const expected = 1 - (1 - once) ** 3;
    const variance = expected * (1 - expected) + 3 ** 2 * once * (1 - once);
    for (const p of found) expect(Math.abs(p - expected)).toBeLessThan(4 * Math.sqrt(variance / OPTIONS.draws));
  });

  it("is 1 for a row of zeros and smallest for a row without spread", () => {
    const rows = [
      [0, 0, 0, 0, 0, 0],
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
      [0.1, 0.2, 0.1, 0.2, 0.1, -0.1],
    ];
    const [zeros, same, other] = maxT([{ label: "d", rows }], OPTIONS);
    expect({ zeros, same }).toEqual({ zeros: 1, same: 2 / 2 ** 6 });
    expect(other).toBeGreaterThan(2 / 2 ** 6);
  });
});
