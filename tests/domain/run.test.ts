import { describe, expect, it } from "vitest";
import { compareIds } from "../../harness/domain/run.ts";
import { fc } from "../seeded-fast-check.ts";

describe("compareIds", () => {
  it("orders as the UTF-8 bytes do", () => {
    // few letters, so that common beginnings and surrogates that meet U+E000 and up are frequent
    const id = fc.string({
      unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uff5e", "\u{1f600}", "\u{10ffff}"),
      maxLength: 4,
    });
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });
});
