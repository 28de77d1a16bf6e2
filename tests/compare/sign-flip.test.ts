import { describe, expect, it } from "vitest";
import { type SignStratum, signFlips } from "../../harness/compare/sign-flip.ts";
import { normals } from "./made-up-systems.ts";

/** The sums of every draw, one array a row. */
function allSums(strata: readonly SignStratum[], options = { seed: 1, draws: 3_000 }): readonly (readonly number[])[] {
  const rows = strata.flatMap((stratum) => stratum.rows.map((): number[] => []));
  for (const block of signFlips(strata, options).blocks()) {
    for (const [row, sums] of block.entries()) rows[row]?.push(...sums);
  }
  return rows;
}

/** Sums of these terms tell every sign: bit i of (sum + 2^n - 1) / 2 is set where term i has a plus. */
const powers = (count: number) => Array.from({ length: count }, (_, at) => 2 ** at);

function signsOf(sum: number, count: number): readonly number[] {
  const bits = (sum + 2 ** count - 1) / 2;
  return Array.from({ length: count }, (_, at) => (Math.floor(bits / 2 ** at) % 2 === 1 ? 1 : -1));
}

describe("signFlips", () => {
  it("looks at every pattern once where there are at most 2^20", () => {
    const strata = [
      { label: "x", rows: [powers(7)] },
      { label: "y", rows: [powers(4).map((power) => power * 2 ** 7)] },
    ];
    const { draws, exact } = signFlips(strata, { seed: 1, draws: 3_000 });
    expect({ draws, exact }).toEqual({ draws: 2 ** 11, exact: true });
    const [x = [], y = []] = allSums(strata);
    const sums = x.map((sum, draw) => sum + (y[draw] ?? 0));
    expect(sums).toHaveLength(2 ** 11);
    expect(new Set(sums).size).toBe(2 ** 11);
  });

  it("gives all rows of a stratum the same signs, in every place", () => {
    const other = normals(45, "terms");
    const [sums = [], others = []] = allSums([{ label: "x", rows: [powers(45), other] }]);
    expect(sums).toHaveLength(3_000);
    for (const [draw, sum] of sums.entries()) {
      const expected = signsOf(sum, 45).reduce((total, sign, at) => total + sign * (other[at] ?? 0), 0);
      expect(others[draw]).toBeCloseTo(expected, 10);
    }
  });

  it("draws each sign half of the time, each pair of signs alike half of the time, and other strata independently", () => {
    const count = 45;
    const [x = [], y = []] = allSums([
      { label: "x", rows: [powers(count)] },
      { label: "y", rows: [powers(count)] },
    ]);
    const draws = x.map((sum, draw) => [...signsOf(sum, count), ...signsOf(y[draw] ?? 0, count)]);
    // 5 standard deviations of 3,000 fair signs; 90 signs and 4,005 pairs are looked at
    const bound = 5 * Math.sqrt(3_000);
    for (let first = 0; first < 2 * count; first++) {
      expect(Math.abs(draws.reduce((sum, signs) => sum + (signs[first] ?? 0), 0))).toBeLessThan(bound);
      for (let second = 0; second < first; second++) {
        const alike = draws.reduce((sum, signs) => sum + (signs[first] ?? 0) * (signs[second] ?? 0), 0);
        expect(Math.abs(alike)).toBeLessThan(bound);
      }
    }
  });

  it("spends no sign on a query that is zero in every row", () => {
    const zeros = [
      {
        label: "x",
        rows: [
          [0, 1, 0, 2, 0],
          [0, 0, 0, 4, 0],
        ],
      },
    ];
    expect(signFlips(zeros, { seed: 1, draws: 100 }).draws).toBe(2 ** 2);
    expect(allSums(zeros)).toEqual([
      [3, 1, -1, -3],
      [4, 4, -4, -4],
    ]);
  });

  it("gives the beginning of a longer list of draws to a shorter one", () => {
    const strata = [{ label: "x", rows: [normals(30, "x")] }];
    const [long = []] = allSums(strata, { seed: 1, draws: 2_500 });
    expect(allSums(strata, { seed: 1, draws: 1_500 })).toEqual([long.slice(0, 1_500)]);
  });
});
