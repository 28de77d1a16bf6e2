import { describe, expect, it } from "vitest";
import { P_CORRECTIONS } from "../../harness/compare/p-corrections.ts";
import { fc } from "../seeded-fast-check.ts";
import { golden } from "./golden.ts";

const P = [0.001, 0.02, 0.04, 0.03, 0.2];

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 14);
}

describe("P_CORRECTIONS", () => {
  it.each([
    { name: "holm", expected: [0.001 * 5, 0.02 * 4, 0.03 * 3, 0.03 * 3, 0.2] },
    { name: "bonferroni", expected: [0.001 * 5, 0.02 * 5, 0.04 * 5, 0.03 * 5, 1] },
    { name: "bh", expected: [0.001 * 5, (0.04 * 5) / 4, (0.04 * 5) / 4, (0.04 * 5) / 4, 0.2] },
    { name: "none", expected: P },
  ] as const)("gives the check values of docs/semantics.md: $name", ({ name, expected }) => {
    expectClose(P_CORRECTIONS[name](P), expected);
  });

  it.each(golden.benjaminiHochberg)("agrees with scipy's false_discovery_control on $p", ({ p, adjusted }) => {
    expectClose(P_CORRECTIONS.bh(p), adjusted);
  });

  it("leaves a single p alone", () => {
    for (const correct of Object.values(P_CORRECTIONS)) expect(correct([0.03])).toEqual([0.03]);
  });

  it("keeps the order of p, and corrects most by bonferroni, then holm, then bh", () => {
    const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(family, (unordered) => {
        const p = [...unordered].sort((x, y) => x - y);
        const { bonferroni, holm, bh } = P_CORRECTIONS;
        const steps = [p.map(() => 1), bonferroni(p), holm(p), bh(p), p];
        for (const [step, values] of steps.entries()) {
          expect(values.every((value, at) => value >= (values[at - 1] ?? 0))).toBe(true);
          // a product that should be equal may round down
          const above = steps[step - 1] ?? values;
          expect(values.every((value, at) => value <= (above[at] ?? 0) * (1 + 1e-12))).toBe(true);
        }
        expect(holm([...p].reverse())).toEqual([...holm(p)].reverse());
      }),
    );
  });
});
