import { describe, expect, it } from "vitest";
import { wilcoxonSignedRank } from "../../harness/compare/wilcoxon.ts";
import { fc } from "../seeded-fast-check.ts";
import { differencesOf, goldenPairs } from "./golden.ts";
import { signPatterns } from "./made-up-systems.ts";

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe("wilcoxonSignedRank", () => {
  it.each(goldenPairs.filter(({ wilcoxon }) => wilcoxon !== null))(
    "agrees with scipy on `$name`",
    ({ name, wilcoxon }) => {
      const { p, ...found } = wilcoxonSignedRank(differencesOf(name));
      const { p: expected = 0, ...others } = wilcoxon ?? {};
      expect(found).toEqual(others);
      expect(p / expected).toBeCloseTo(1, 10);
    },
  );

  it("gives the check values of docs/semantics.md", () => {
    expect(wilcoxonSignedRank(differencesOf("example"))).toEqual({ w: 3, p: 0.0390625, n: 8, exact: true });
  });

  it("counts sign patterns of the ranks, shared ones included", () => {
    const values = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(values, (differences) => {
        const kept = differences.filter((value) => value !== 0);
        const sizes = kept.map(Math.abs);
        const ranks = sizes.map((size) => {
          const below = sizes.filter((other) => other < size).length;
          return below + (sizes.filter((other) => other === size).length + 1) / 2;
        });
        const positive = sumOf(ranks.filter((_, at) => (kept[at] ?? 0) > 0));
        const w = Math.min(positive, sumOf(ranks) - positive);
        const patterns = signPatterns(kept.length);
        const extreme = patterns.filter((signs) => sumOf(ranks.filter((_, at) => signs[at] === 1)) <= w);
        const p = Math.min(1, (2 * extreme.length) / patterns.length);
        expect(wilcoxonSignedRank(differences)).toEqual({ w, p, n: kept.length, exact: true });
      }),
    );
  });

  it("ties differences that are equal but for rounding", () => {
    expect(wilcoxonSignedRank([0.3 - 0.2, 0.3 - 0.4, 0.1 + 0.2 - 0.3, 0.5])).toMatchObject({ w: 1.5, n: 3 });
  });

  it("is 1 when all differences are zero", () => {
    expect(wilcoxonSignedRank([0, 0])).toEqual({ w: 0, p: 1, n: 0, exact: true });
  });

  it("changes from exact to approximate after 50 differences without a jump", () => {
    const differences = Array.from({ length: 51 }, (_, at) => (at % 3 === 0 ? -(at + 1) : at + 1));
    const [fifty, more] = [wilcoxonSignedRank(differences.slice(1)), wilcoxonSignedRank(differences)];
    expect([fifty.exact, more.exact]).toEqual([true, false]);
    expect(Math.abs(fifty.p - more.p)).toBeLessThan(0.01);
  });
});
