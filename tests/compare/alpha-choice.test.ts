import { describe, expect, it } from "vitest";
import {
  type AlphaSweep,
  crossFitDatasets,
  crossFitQueries,
  fixedAlpha,
  oracleAlpha,
} from "../../harness/compare/alpha-choice.ts";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import { fc } from "../seeded-fast-check.ts";
import { normals, systemOf } from "./made-up-systems.ts";

/** A sweep with one row of values for each alpha of 0, 1/2, 1 or as given. */
function sweepOf(rows: readonly (readonly number[])[], { dataset = "d", alphas = [0, 0.5, 1] } = {}): AlphaSweep {
  const { values: _, alphaChoice: __, ...origin } = systemOf([], { dataset });
  return { ...origin, points: rows.map((row, at) => ({ alpha: alphas[at] ?? 0, values: systemOf(row).values })) };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe("fixedAlpha", () => {
  it("takes the values at the declared alpha", () => {
    const { values, alphas, byQuery } = fixedAlpha(
      sweepOf([
        [0, 0],
        [0.25, 0.5],
        [1, 1],
      ]),
      0.5,
    );
    expect(alphas).toEqual([0.5]);
    expect(values).toEqual(systemOf([0.25, 0.5], { alphaChoice: "fixed" }));
    expect([...byQuery.values()]).toEqual([0.5, 0.5]);
  });

  it("refuses an alpha that the sweep lacks", () => {
    expect(() => fixedAlpha(sweepOf([[0, 0]]), 0.5)).toThrow(code("SPEC_INVALID"));
  });
});

describe("oracleAlpha", () => {
  it("takes the best point of the test queries, and no test accepts it", () => {
    const { values, alphas } = oracleAlpha(
      sweepOf([
        [0, 0.5],
        [1, 0.5],
        [0.5, 0.5],
      ]),
    );
    expect(alphas).toEqual([0.5]);
    expect(values).toEqual(systemOf([1, 0.5], { alphaChoice: "oracle" }));
    expect(() => compareSystems(values, systemOf([0, 0]))).toThrow(code("ORACLE_REFUSED"));
  });

  it("takes the largest alpha of equal points, the nearest to the base", () => {
    expect(
      oracleAlpha(
        sweepOf([
          [1, 0],
          [0, 1],
          [0.1 + 0.2, 0.7],
        ]),
      ).alphas,
    ).toEqual([1]);
  });
});

describe("crossFitQueries", () => {
  it("measures each query at the alpha that is best on the others", () => {
    // alpha 0 is best on queries 0 and 1 together, alpha 1 on every query alone but the first
    const rows = [
      [0.9, 0, 0],
      [0, 0.5, 0.5],
    ];
    const { values, alphas, byQuery } = crossFitQueries(sweepOf(rows, { alphas: [0, 1] }), { folds: 3 });
    // without query 0: 0 against 1; without 1 or 2: 0.9 against 0.5
    expect([...alphas].sort()).toEqual([0, 0, 1]);
    expect(Object.fromEntries(byQuery)).toEqual({ q000: 1, q001: 0, q002: 0 });
    expect(Object.fromEntries(values.values)).toEqual({ q000: 0, q001: 0, q002: 0 });
    expect(values.alphaChoice).toBe("cross-fitted");
  });

  it("never lets a query's own values choose its alpha", () => {
    const rows = [normals(12, "low"), normals(12, "middle"), normals(12, "high")];
    const folds = 4;
    const before = crossFitQueries(sweepOf(rows), { folds });
    for (let query = 0; query < 12; query++) {
      const changed = rows.map((row, at) => row.map((value, other) => (other === query ? 100 * (at + 1) : value)));
      const after = crossFitQueries(sweepOf(changed), { folds });
      const id = [...systemOf(normals(12, "low")).values.keys()][query] ?? "";
      const chosenRow = rows.findIndex((row) => row[query] === new Map<string, number>(before.values.values).get(id));
      expect(new Map<string, number>(after.values.values).get(id)).toBe(100 * (chosenRow + 1));
    }
  });

  it("answers every query once, in folds of nearly equal size, whatever the order of queries", () => {
    const lengths = fc
      .integer({ min: 2, max: 40 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 2, max: n })));
    fc.assert(
      fc.property(lengths, fc.nat(), ([n, folds], seed) => {
        const sweep = sweepOf([normals(n, "x"), normals(n, "y")], { alphas: [0, 1] });
        const turned = {
          ...sweep,
          points: sweep.points.map(({ alpha, values }) => ({ alpha, values: new Map([...values].reverse()) })),
        };
        const found = crossFitQueries(sweep, { folds, seed });
        expect(new Set(found.values.values.keys())).toEqual(new Set(sweep.points[0]?.values.keys()));
        expect(found.alphas).toHaveLength(folds);
        expect(crossFitQueries(turned, { folds, seed })).toEqual(found);
      }),
      { numRuns: 30 },
    );
  });

  it("deals other folds for another seed", () => {
    const rows = [normals(40, "x"), normals(40, "y")];
    const found = [1, 2, 3, 4].map((seed) => crossFitQueries(sweepOf(rows), { seed, folds: 2 }).alphas.join());
    const values = [1, 2, 3, 4].map((seed) =>
      [...crossFitQueries(sweepOf(rows), { seed, folds: 2 }).values.values.values()].join(),
    );
    expect(new Set([...found, ...values]).size).toBeGreaterThan(2);
  });

  it.each([0, 1, 2.5, 4])("refuses %d folds of three queries", (folds) => {
    expect(() => crossFitQueries(sweepOf([[1, 0, 1]]), { folds })).toThrow(code("SPEC_INVALID"));
  });

  it("refuses sweeps without points, with other queries or with values that are not finite", () => {
    expect(() => crossFitQueries(sweepOf([]))).toThrow(code("SPEC_INVALID"));
    expect(() => crossFitQueries(sweepOf([[1, 0], [1]]))).toThrow(code("QUERY_SETS_DIFFER"));
    expect(() => crossFitQueries(sweepOf([[1, Number.NaN]]))).toThrow(code("VALUE_INVALID"));
    expect(() => crossFitQueries(sweepOf([[1]]))).toThrow(code("TOO_FEW_QUERIES"));
  });
});

describe("crossFitDatasets", () => {
  it("measures each dataset at the alpha whose macro mean over the others is best", () => {
    const x = sweepOf(
      [
        [1, 1],
        [0, 0],
      ],
      { dataset: "x", alphas: [0, 1] },
    );
    // two datasets prefer alpha 1, by less than x prefers alpha 0
    const y = sweepOf(
      [
        [0, 0, 0, 0],
        [0.5, 0.5, 0.5, 0.5],
      ],
      { dataset: "y", alphas: [0, 1] },
    );
    const z = sweepOf(
      [
        [0, 0],
        [0.25, 0.25],
      ],
      { dataset: "z", alphas: [0, 1] },
    );
    const found = crossFitDatasets([x, y, z]);
    // without x: 0 against 0.375; without y: 0.5 against 0.125; without z: 0.5 against 0.25
    expect(found.map(({ alphas }) => alphas)).toEqual([[1], [0], [0]]);
    expect(found.map(({ values }) => [values.dataset, ...values.values.values()])).toEqual([
      ["x", 0, 0],
      ["y", 0, 0, 0, 0],
      ["z", 0, 0],
    ]);
    expect(found.map(({ values }) => values.alphaChoice)).toEqual(["cross-fitted", "cross-fitted", "cross-fitted"]);
  });

  it("refuses one dataset alone and grids that differ", () => {
    const x = sweepOf(
      [
        [1, 1],
        [0, 0],
      ],
      { dataset: "x" },
    );
    const y = sweepOf(
      [
        [1, 1],
        [0, 0],
      ],
      { dataset: "y", alphas: [0, 1] },
    );
    expect(() => crossFitDatasets([x])).toThrow(code("SPEC_INVALID"));
    expect(() => crossFitDatasets([x, y])).toThrow(code("SPEC_INVALID"));
  });
});
