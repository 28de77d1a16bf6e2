import { describe, expect, it } from "vitest";
import { compareFamily, type FamilyMember } from "../../harness/compare/compare-family.ts";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import { maxT } from "../../harness/compare/max-t.ts";
import { P_CORRECTIONS } from "../../harness/compare/p-corrections.ts";
import { normals, systemOf } from "./made-up-systems.ts";

/** A retriever that gains `gain` standard deviations on a dataset. */
function member(dataset: string, system: string, gain: number): FamilyMember {
  const noise = normals(24, `${system} on ${dataset}`);
  const base = systemOf(
    noise.map(() => 0),
    { dataset, system },
  );
  return {
    a: systemOf(
      noise.map((value) => value + gain),
      { dataset, system: `${system}+spike` },
    ),
    b: base,
  };
}

// datasets interleaved, so that grouping by dataset must not lose the order
const family = [
  member("x", "bm25", 0.9),
  member("y", "bm25", 0.2),
  member("x", "dense", 0.6),
  member("y", "dense", 0.5),
];
const options = { draws: 5_000, resamples: 200 };

describe("compareFamily", () => {
  it("compares every member as it would be alone, in order", () => {
    const { rows } = compareFamily(family, options);
    expect(rows.map(({ comparison }) => comparison)).toEqual(family.map(({ a, b }) => compareSystems(a, b, options)));
  });

  it("corrects the randomization tests by Holm unless told otherwise", () => {
    const { correction, rows } = compareFamily(family, options);
    const p = rows.map(({ comparison }) => comparison.pRandomization);
    expect(correction).toBe("holm");
    expect(rows.map(({ pCorrected }) => pCorrected)).toEqual(P_CORRECTIONS.holm(p));
    const bonferroni = compareFamily(family, { ...options, correction: "bonferroni" });
    expect(bonferroni.rows.map(({ pCorrected }) => pCorrected)).toEqual(P_CORRECTIONS.bonferroni(p));
  });

  it("gives maxT the retrievers of a dataset together, and its p values back in order", () => {
    const { rows } = compareFamily(family, { ...options, correction: "maxT" });
    const differences = family.map(({ a, b }) => [...a.values].map(([id, value]) => value - (b.values.get(id) ?? 0)));
    const [x0 = [], y0 = [], x1 = [], y1 = []] = differences;
    const strata = [
      { label: "x", rows: [x0, x1] },
      { label: "y", rows: [y0, y1] },
    ];
    const [p0, p1, p2, p3] = maxT(strata, { seed: 1, draws: 5_000 });
    expect(rows.map(({ pCorrected }) => pCorrected)).toEqual([p0, p2, p1, p3]);
  });

  it("leaves a family of one alone", () => {
    const [row] = compareFamily(family.slice(0, 1), options).rows;
    expect(row?.pCorrected).toBe(row?.comparison.pRandomization);
  });

  it("refuses an empty family", () => {
    expect(() => compareFamily([])).toThrow(expect.objectContaining({ code: "FAMILY_EMPTY" }));
  });

  it("refuses retrievers with other queries on one dataset under maxT, for they cannot share signs", () => {
    const values = [0.1, 0.2, 0.3];
    const short = { a: systemOf(values, { dataset: "x" }), b: systemOf([0, 0, 0], { dataset: "x" }) };
    const mixed = [member("x", "bm25", 0.5), short];
    expect(() => compareFamily(mixed, { ...options, correction: "maxT" })).toThrow(
      expect.objectContaining({ code: "QUERY_SETS_DIFFER" }),
    );
    expect(compareFamily(mixed, options).rows).toHaveLength(2);
  });

  it("refuses an oracle anywhere in it", () => {
    const [first, ...others] = family;
    if (first === undefined) throw new Error("a member");
    const oracle = { ...first, a: { ...first.a, alphaChoice: "oracle" as const } };
    expect(() => compareFamily([...others, oracle])).toThrow(expect.objectContaining({ code: "ORACLE_REFUSED" }));
  });
});
