import { describe, expect, it } from "vitest";
import { createIndex, createIndexBuilder } from "../../harness/retrieve/inverted-index.ts";
import { fc } from "../seeded-fast-check.ts";

function indexOf(rows: readonly (readonly string[])[]) {
  const builder = createIndexBuilder();
  for (const terms of rows) builder.add(terms);
  return createIndex(builder.finish());
}

describe("createIndexBuilder", () => {
  it("counts terms by row", () => {
    const index = indexOf([["b", "a", "b"], [], ["a"]]);
    expect(index.postings("a")).toEqual({ rows: Int32Array.of(0, 2), frequencies: Int32Array.of(1, 1) });
    expect(index.postings("b")).toEqual({ rows: Int32Array.of(0), frequencies: Int32Array.of(2) });
    expect(index.postings("c")).toBeUndefined();
  });

  it("leaves rows without terms out of the mean length", () => {
    const index = indexOf([["b", "a", "b"], [], ["a"]]);
    expect(index).toMatchObject({ documents: 2, averageLength: (3 + 1) / 2, lengths: Int32Array.of(3, 0, 1) });
  });

  it("is empty without rows", () => {
    expect(indexOf([])).toMatchObject({ documents: 0, averageLength: 0, lengths: new Int32Array() });
  });

  it("finds what a count of every row finds, however large it grows", () => {
    const row = fc.array(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 400, size: "max" }), (rows) => {
        const index = indexOf(rows);
        for (const term of new Set(rows.flat())) {
          const counts = rows.map((terms) => terms.filter((other) => other === term).length);
          const holders = [...counts.keys()].filter((at) => counts[at] !== 0);
          expect([...(index.postings(term)?.rows ?? [])]).toEqual(holders);
          expect([...(index.postings(term)?.frequencies ?? [])]).toEqual(holders.map((at) => counts[at]));
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});
