import { describe, expect, it } from "vitest";
import { batchByLength, createPadder } from "../../harness/encode/token-batches.ts";
import { fc } from "../seeded-fast-check.ts";

const text = (position: number, ...ids: readonly number[]) => ({ position, ids });

describe("batchByLength", () => {
  it("puts the longest first and equal lengths in their order", () => {
    const texts = [text(0, 1), text(1, 1, 2, 3), text(2, 9), text(3, 1, 2)];
    expect(
      batchByLength(texts, { size: 2, tokens: 100 }).map((batch) => batch.map(({ position }) => position)),
    ).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });

  it("counts padding: rows times the longest text", () => {
    const texts = [text(0, 1, 2, 3, 4), text(1, 1), text(2, 1)];
    // 4 ids and a second row of 4 are 8; a third row would be 12
    expect(batchByLength(texts, { size: 9, tokens: 11 }).map((batch) => batch.length)).toEqual([2, 1]);
    // one that is too long goes alone
    expect(batchByLength(texts, { size: 9, tokens: 2 }).map((batch) => batch.length)).toEqual([1, 2]);
  });

  it("keeps every text once and the bounds", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 }), (sizes, size, tokens) => {
        const texts = sizes.map((length, position) => text(position, ...Array<number>(length).fill(1)));
        const batches = batchByLength(texts, { size, tokens });
        const positions = batches.flat().map(({ position }) => position);
        expect(positions.toSorted((a, b) => a - b)).toEqual(texts.map(({ position }) => position));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(size);
          const width = Math.max(...batch.map(({ ids }) => ids.length));
          expect(batch.length === 1 || width * batch.length <= tokens).toBe(true);
        }
      }),
    );
  });
});

describe("createPadder", () => {
  it("pads on the right and masks the padding, also where a larger batch has been", () => {
    const pad = createPadder(7);
    pad([text(0, 1, 2, 3), text(1, 4, 5, 6)]);
    expect(pad([text(0, 8, 9), text(1, 5)])).toEqual({
      ids: BigInt64Array.of(8n, 9n, 5n, 7n),
      mask: BigInt64Array.of(1n, 1n, 1n, 0n),
      rows: 2,
      width: 2,
    });
  });
});
