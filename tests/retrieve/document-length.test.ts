import { describe, expect, it } from "vitest";
import { storedLength } from "../../harness/retrieve/document-length.ts";

describe("storedLength", () => {
  it("is exact below 40", () => {
    for (let length = 0; length < 40; length += 1) expect(storedLength(length)).toBe(length);
  });

  it.each([
    [40, 24 + 0b10000],
    [41, 24 + 0b10000],
    [42, 24 + 0b10010],
    [100, 24 + 0b1001000],
    [103, 24 + 0b1001000],
    [104, 24 + 0b1010000],
    [1000, 24 + 0b1111000000],
    [2 ** 31 - 1, 24 + 0b1111 * 2 ** 27],
  ])("keeps four leading bits of %d - 24", (length, expected) => {
    expect(storedLength(length)).toBe(expected);
  });

  it("is never longer than the text, at most a ninth shorter, and keeps the order of lengths", () => {
    let previous = 0;
    for (let length = 1; length < 100_000; length += 1) {
      const stored = storedLength(length);
      expect(stored <= length && stored > (length * 8) / 9 && stored >= previous, `${length}: ${stored}`).toBe(true);
      previous = stored;
    }
  });
});
