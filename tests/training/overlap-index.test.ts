import { describe, expect, it } from "vitest";
import { wordsOf } from "../../harness/analysis/words.ts";
import { createOverlapIndex } from "../../harness/training/overlap-index.ts";
import { fc } from "../seeded-fast-check.ts";

const QUERIES = [
  { id: "q1", text: "Why do plants wilt in salty soil?" },
  { id: "q2", text: "how does bread rise" },
];

function bruteForce(texts: readonly string[], text: string): number {
  const words = new Set(wordsOf(text));
  const shares = texts.map((other) => {
    const others = new Set(wordsOf(other));
    const both = [...words].filter((word) => others.has(word)).length;
    return both === 0 ? 0 : both / (words.size + others.size - both);
  });
  return Math.max(0, ...shares);
}

describe("createOverlapIndex", () => {
  it("tells a repeated text from one with most of its words", () => {
    const { nearest } = createOverlapIndex(QUERIES, 0.75);
    expect(nearest("WHY do plants wilt in salty soil")).toEqual({ id: "q1", overlap: 1, same: true });
    expect(nearest("In salty soil, why do plants wilt?")).toEqual({ id: "q1", overlap: 1, same: false });
    // 6 of 7 + 1 - 6 words, and 5 of 7 + 1 - 5
    expect(nearest("Why do plants wilt in wet soil?")).toEqual({ id: "q1", overlap: 6 / (7 + 7 - 6), same: false });
    expect(nearest("Why do plants wilt on wet soil?")).toBeUndefined();
    expect(nearest("")).toBeUndefined();
  });

  it("takes the first of equals, and a repeated text before one with the same words", () => {
    const twice = [
      { id: "a", text: "bread rise how" },
      { id: "b", text: "how rise bread" },
    ];
    const { nearest } = createOverlapIndex(twice, 0.5);
    expect(nearest("rise bread how")?.id).toBe("a");
    expect(nearest("how rise bread")?.id).toBe("b");
  });

  it("finds what comparing with every text finds", () => {
    const text = fc.array(fc.constantFrom(..."abcdefgh"), { maxLength: 8 }).map((words) => words.join(" "));
    const threshold = fc.constantFrom(0.05, 0.3, 0.5, 0.55, 0.7, 0.8, 1);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), text, threshold, (texts, asked, least) => {
        const index = createOverlapIndex(
          texts.map((other, at) => ({ id: `${at}`, text: other })),
          least,
        );
        const best = bruteForce(texts, asked);
        expect(index.nearest(asked)?.overlap).toBe(best >= least - 1e-9 && best > 0 ? best : undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
