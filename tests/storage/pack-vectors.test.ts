import { describe, expect, it } from "vitest";
import { halfToNumber } from "../../harness/storage/float16.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { fc } from "../seeded-fast-check.ts";

function halves(values: readonly number[]): number[] {
  const { buffer, byteOffset, length } = packVectors(Float32Array.from(values), "float16");
  return [...new Uint16Array(buffer, byteOffset, length / 2)];
}

/** Positive finite float16 values: their bits count them in ascending order. */
const FINITE = Array.from({ length: 0x7c00 }, (_, bits) => bits);

describe("packVectors", () => {
  it("copies float32 values", () => {
    const vectors = Float32Array.of(1, -2.5, 0.1);
    const packed = packVectors(vectors.subarray(1), "float32");
    expect([...new Float32Array(packed.buffer, packed.byteOffset, 2)]).toEqual([-2.5, Math.fround(0.1)]);
    vectors.fill(0);
    expect(new Float32Array(packed.buffer, packed.byteOffset, 2)[0]).toBe(-2.5);
  });

  it("gives every float16 back, of both signs", () => {
    expect(halves(FINITE.map(halfToNumber))).toEqual(FINITE);
    expect(halves(FINITE.map((bits) => -halfToNumber(bits)))).toEqual(FINITE.map((bits) => bits | 0x8000));
  });

  it("rounds what lies between two neighbours to the nearer one, and the middle to the even one", () => {
    const lower = FINITE.slice(0, -1);
    const between = (share: number) =>
      halves(lower.map((bits) => halfToNumber(bits) * (1 - share) + halfToNumber(bits + 1) * share));
    expect(between(0.25)).toEqual(lower);
    expect(between(0.75)).toEqual(lower.map((bits) => bits + 1));
    expect(between(0.5)).toEqual(lower.map((bits) => bits + (bits & 1)));
  });

  it("makes what is too large infinite, from halfway between the largest value and 2^16 on", () => {
    expect(halves([65_504, 65_519, 65_520, 1e30, Infinity, -1e30])).toEqual([
      0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00,
    ]);
  });

  it("makes what is too small zero, and keeps what is no number", () => {
    expect(halves([2 ** -25, 2 ** -25 * 1.001, -1e-30, -0])).toEqual([0, 1, 0x8000, 0x8000]);
    expect(halves([Number.NaN]).map(halfToNumber)).toEqual([Number.NaN]);
  });

  it("is off by half a unit in the last place at most", () => {
    fc.assert(
      fc.property(fc.float({ min: -1, max: 1, noNaN: true }), (value) => {
        const [bits = 0] = halves([value]);
        const unit = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10));
        expect(Math.abs(halfToNumber(bits) - value)).toBeLessThanOrEqual(unit / 2);
      }),
    );
  });
});
