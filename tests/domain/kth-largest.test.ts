import { describe, expect, it } from "vitest";
import { kthLargest } from "../../harness/domain/kth-largest.ts";
import { fc } from "../seeded-fast-check.ts";

describe("kthLargest", () => {
  it("finds what a sort finds, with few and with many equal values", () => {
    const few = fc.constantFrom(-1, -0, 0, 0.5, 2);
    const any = fc.double({ noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.oneof(few, any), { minLength: 1, maxLength: 300 }), fc.nat(), (values, seed) => {
        const k = 1 + (seed % values.length);
        const sorted = Float64Array.from(values).sort();
        // adding 0 makes -0 the 0 that it equals
        expect(kthLargest(Float64Array.from(values), k) + 0).toBe((sorted[values.length - k] ?? Number.NaN) + 0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["ascending", (at: number) => at],
    ["descending", (at: number) => -at],
    ["equal", () => 7],
    ["rising and falling", (at: number) => Math.min(at, 99_999 - at)],
    ["of two kinds", (at: number) => at % 2],
  ])("takes values that are %s", (_, value) => {
    const values = Float64Array.from({ length: 100_000 }, (_, at) => value(at));
    const sorted = values.slice().sort();
    for (const k of [1, 10, 50_000, 100_000]) expect(kthLargest(values.slice(), k)).toBe(sorted[values.length - k]);
  });
});
