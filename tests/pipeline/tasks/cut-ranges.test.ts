import { describe, expect, it } from "vitest";
import { cutRanges } from "../../../harness/pipeline/tasks/cut-ranges.ts";
import { fc } from "../../seeded-fast-check.ts";

const documents = (end: number) => ({ role: "document", set: null, first: 0, end }) as const;
const scenarios = (end: number) => ({ role: "scenario", set: "own", first: 0, end }) as const;

describe("cutRanges", () => {
  it("fills a part with what follows", () => {
    expect(cutRanges([documents(5), scenarios(2)], 3)).toEqual([
      [{ ...documents(3) }],
      [{ ...documents(5), first: 3 }, scenarios(1)],
      [{ ...scenarios(2), first: 1 }],
    ]);
  });

  it("has no part for nothing", () => {
    expect(cutRanges([documents(0), scenarios(0)], 3)).toEqual([]);
  });

  it("holds every row once, in order, and no part above the size", () => {
    const sizes = fc.tuple(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(sizes, ([m, n, size]) => {
        const parts = cutRanges([documents(m), scenarios(n)], size);
        const rows = parts.map((part) =>
          part.flatMap(({ role, first, end }) =>
            Array.from({ length: end - first }, (_, at) => `${role} ${first + at}`),
          ),
        );
        const all = [
          ...Array.from({ length: m }, (_, at) => `document ${at}`),
          ...Array.from({ length: n }, (_, at) => `scenario ${at}`),
        ];
        expect(rows.flat()).toEqual(all);
        expect(rows.slice(0, -1).every(({ length }) => length === size)).toBe(true);
        expect((rows.at(-1)?.length ?? 0) <= size).toBe(true);
      }),
    );
  });
});
