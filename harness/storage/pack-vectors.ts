import type { VectorPrecision } from "../domain/embeddings.ts";

/** A copy of values as they lie on disk, little-endian; float16 rounded to nearest, ties to even. */
export function packVectors(vectors: Float32Array, precision: VectorPrecision): Uint8Array {
  const { buffer, byteOffset, length } = vectors;
  if (precision === "float32") return new Uint8Array(vectors.slice().buffer);
  const bits = new Uint32Array(buffer, byteOffset, length);
  const halves = new Uint16Array(length);
  for (let at = 0; at < length; at++) halves[at] = toHalf(bits[at] ?? 0);
  return new Uint8Array(halves.buffer);
}

/** Bits of a float32 to those of the nearest float16: 1 sign, 5 exponent (bias 15), 10 fraction. */
function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 and more
  if (magnitude >= 0x38800000) return sign | shiftToEven(magnitude - 0x38000000, 13); // 2^-14 and more
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below 2^-25, half of the smallest float16
  return sign | shiftToEven((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** Drops the lowest bits of a number and rounds it by them; a carry into the exponent is what rounding up means there. */
function shiftToEven(number: number, bits: number): number {
  const kept = number >>> bits;
  const dropped = number & (2 ** bits - 1);
  const half = 2 ** (bits - 1);
  return dropped > half || (dropped === half && (kept & 1) === 1) ? kept + 1 : kept;
}
