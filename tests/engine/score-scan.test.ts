import { describe, expect, it } from "vitest";
import { floorBelow, openScoreScan, type ScoreScan, scanByLoop } from "../../harness/engine/score-scan.ts";
import { fc } from "../seeded-fast-check.ts";

/** Few different values, so that scores often equal their floors, and all that compares in a way of its own. */
const anyValue = fc.constantFrom(-1, -0, 0, 2 ** -149, 0.5, 1, Infinity, -Infinity, Number.NaN);
const anyScores = fc
  .record({ rows: fc.integer({ min: 1, max: 5 }), groups: fc.integer({ min: 1, max: 4 }) })
  .chain(({ rows, groups }) =>
    fc.record({
      rows: fc.constant(rows),
      width: fc.constant(groups * 16),
      scores: fc.array(anyValue, { minLength: rows * groups * 16, maxLength: rows * groups * 16 }),
      floors: fc.array(anyValue, { minLength: groups * 16, maxLength: groups * 16 }),
      first: fc.nat(rows - 1),
    }),
  );

/** Positions that a scan finds in the rows from one on. */
function positions({ starts, bits, find }: ScoreScan, first: number, rows: number): number[] {
  return Array.from({ length: find(first, rows) }, (_, group) =>
    Array.from({ length: 16 }, (_, at) => at)
      .filter((at) => ((bits[group] ?? 0) >>> at) % 2 === 1)
      .map((at) => (starts[group] ?? 0) + at),
  ).flat();
}

describe.each([
  { name: "openScoreScan", open: openScoreScan },
  { name: "scanByLoop", open: scanByLoop },
])("$name", ({ open }) => {
  it("finds what is not below its floor, in the rows that it is told, in order", () => {
    fc.assert(
      fc.property(anyScores, ({ rows, width, scores, floors, first }) => {
        const scan = open({ rows, width });
        scan.scores.set(scores);
        scan.floors.set(floors);
        const expected = [...scores.keys()].filter(
          (at) => at >= first * width && !((scores[at] ?? 0) < (floors[at % width] ?? 0)),
        );
        expect(positions(scan, first, rows - first)).toEqual(expected);
        expect(positions(scan, first, 0)).toEqual([]);
      }),
    );
  });
});

describe("openScoreScan", () => {
  it("takes rows that are no whole groups too", () => {
    const scan = openScoreScan({ rows: 2, width: 3 });
    scan.scores.set([1, 2, 3, 4, 5, 6]);
    scan.floors.set([4, 2, 7]);
    expect(positions(scan, 0, 2)).toEqual([1, 3, 4]);
  });
});

describe("floorBelow", () => {
  it("is a float32 at or below the floor, and no more than a few roundings away", () => {
    const any = fc.oneof(
      fc.double({ noNaN: true, min: -1e38, max: 1e38 }),
      fc.double({ noNaN: true, max: 1e-40, min: 0 }),
    );
    fc.assert(
      fc.property(any, (floor) => {
        const rounded = Math.fround(floorBelow(floor));
        expect(rounded).toBeLessThanOrEqual(floor);
        expect(floor - rounded).toBeLessThanOrEqual(Math.abs(floor) * 2 ** -21 + 2 ** -139);
      }),
    );
    expect([Infinity, -Infinity].map(floorBelow)).toEqual([Infinity, -Infinity]);
  });
});
