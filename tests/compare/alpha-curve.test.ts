import { describe, expect, it } from "vitest";
import { alphaCurve } from "../../harness/compare/alpha-curve.ts";
import { compareSystems } from "../../harness/compare/compare-systems.ts";
import { normals, systemOf } from "./made-up-systems.ts";

const base = systemOf(normals(40, "base"));
const rows = [0, 0.5, 1].map((alpha) => ({
  alpha,
  values: systemOf(
    normals(40, "base").map((value, at) => alpha * value + (1 - alpha) * (normals(40, "spike")[at] ?? 0)),
  ).values,
}));
const { values: _, ...origin } = base;

describe("alphaCurve", () => {
  it("has the interval of each alpha's own comparison with the base", () => {
    const options = { resamples: 500 };
    const curve = alphaCurve({ ...origin, points: rows }, base, options);
    const expected = rows.map(({ alpha, values }) => {
      const { meanA: mean, difference, interval } = compareSystems({ ...origin, values }, base, options);
      return { alpha, mean, difference, interval };
    });
    expect(curve).toEqual(expected);
    expect(curve[2]).toMatchObject({ difference: 0, interval: [0, 0] });
    expect(curve[0]?.interval[0]).toBeLessThan(curve[0]?.interval[1] ?? 0);
  });

  it("refuses a base with other queries", () => {
    expect(() => alphaCurve({ ...origin, points: rows }, systemOf([1, 0]))).toThrow(
      expect.objectContaining({ code: "QUERY_SETS_DIFFER" }),
    );
  });
});
