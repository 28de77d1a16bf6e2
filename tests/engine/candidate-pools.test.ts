import { describe, expect, it } from "vitest";
import { topRows } from "../../harness/domain/top-rows.ts";
import { createPools, offerCandidate } from "../../harness/engine/candidate-pools.ts";
import { finishPools } from "../../harness/engine/pool-keys.ts";
import type { CandidatePools } from "../../harness/engine/pool-types.ts";
import { mergeLists, type RankedLists } from "../../harness/engine/ranked-lists.ts";
import { barOrders, sharedBars } from "../../harness/engine/shared-bars.ts";
import { fc } from "../seeded-fast-check.ts";

const WEIGHTS = [0, 0.25, 1].map((alpha) => ({ document: alpha, scenario: 1 - alpha }));

/** Scores on a coarse grid, so that many tie; every fifth row or so has no scenario. */
const anyRows = fc.array(
  fc.record({
    own: fc.integer({ min: -8, max: 8 }).map((n) => n / 8),
    folded: fc.integer({ min: -8, max: 8 }).map((n) => n / 8),
    scenarioRow: fc.integer({ min: -1, max: 4 }),
  }),
  { minLength: 1, maxLength: 300, size: "max" },
);
type Row = { readonly own: number; readonly folded: number; readonly scenarioRow: number };

function poolsFor(rows: readonly Row[], depth: number, bars?: Int32Array): CandidatePools {
  return createPools({
    depths: Int32Array.of(depth),
    weights: WEIGHTS,
    missing: "zero",
    ties: Int32Array.from(rows, (_, row) => (row * 7 + 3) % rows.length).map((_, row) => rows.length - 1 - row),
    leastFloor: 0,
    shared: bars && sharedBars(bars),
  });
}

/** The best rows at every pair of weights, by sorting all of them. */
function expectedRows(rows: readonly Row[], depth: number): number[][] {
  const { ties } = poolsFor(rows, depth);
  return WEIGHTS.map(({ document, scenario }) => {
    const scores = Float64Array.from(rows, ({ own, folded, scenarioRow }) =>
      scenarioRow === -1 ? document * own : document * own + scenario * folded,
    );
    return [...topRows(scores, Int32Array.from(rows.keys()), ties, depth)];
  });
}

function rowsOf(lists: RankedLists): number[][] {
  return WEIGHTS.map((_, list) => [...lists.rows.subarray(lists.starts[list], lists.ends[list])]);
}

describe("createPools", () => {
  it("keeps the best rows at every pair of weights, ties by rank, in whatever order they come", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 40 }), fc.boolean(), (rows, depth, reversed) => {
        const pools = poolsFor(rows, depth);
        const order = reversed ? [...rows.keys()].reverse() : [...rows.keys()];
        for (const row of order)
          offerCandidate(pools, 0, { row, ...(rows[row] ?? { own: 0, folded: 0, scenarioRow: -1 }) });
        expect(rowsOf(finishPools(pools))).toEqual(expectedRows(rows, depth));
      }),
      { numRuns: 300 },
    );
  });

  it("has floors that no hit's larger channel lies below", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 10 }), (rows, depth) => {
        const pools = poolsFor(rows, depth);
        for (const [row, parts] of rows.entries()) offerCandidate(pools, 0, { row, ...parts });
        const floor = pools.floors[0] ?? Number.NaN;
        for (const row of rowsOf(finishPools(pools)).flat()) {
          const { own = Number.NaN, folded = Number.NaN, scenarioRow } = rows[row] ?? {};
          expect(Math.max(own, scenarioRow === -1 ? 0 : folded)).toBeGreaterThanOrEqual(floor);
        }
      }),
    );
  });
});

describe("mergeLists", () => {
  it("makes of the lists of several threads, which share their bars, those of one", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (rows, depth, threads) => {
        const bars = barOrders(Float64Array.from(WEIGHTS, () => -Infinity));
        const pools = Array.from({ length: threads }, () => poolsFor(rows, depth, bars));
        for (const [row, parts] of rows.entries()) {
          const own = pools[row % threads];
          if (own !== undefined) offerCandidate(own, 0, { row, ...parts });
        }
        const { ties } = poolsFor(rows, depth);
        const options = { depths: Int32Array.of(depth), perQuery: WEIGHTS.length, ties };
        expect(rowsOf(mergeLists(pools.map(finishPools), options))).toEqual(expectedRows(rows, depth));
      }),
      { numRuns: 300 },
    );
  });
});

describe("sharedBars", () => {
  it("keeps the highest bar, rounded down to a float32 at most, wherever it stood at first", () => {
    const score = fc.double({ noNaN: true, min: -1e30, max: 1e30 });
    fc.assert(
      fc.property(fc.array(score), score, (scores, start) => {
        const bars = sharedBars(barOrders(Float64Array.of(-Infinity, start)));
        for (const own of scores) bars.raise(1, own);
        const most = Math.max(start, ...scores);
        const bar = bars.get(1);
        expect(bars.get(0)).toBe(-Infinity);
        expect(bar).toBeLessThanOrEqual(most);
        expect(most - bar).toBeLessThanOrEqual(Math.abs(most) * 2 ** -23 + 2 ** -149);
      }),
    );
  });
});
