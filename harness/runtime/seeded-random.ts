import { createHash } from "node:crypto";

/** Generator and version of how it is seeded; results name it, because other numbers would give other p values. */
export const RANDOM_GENERATOR = "philox4x32-10/1";

/** Independent substreams of uniform 32-bit words. */
export type RandomSource = {
  /**
   * Overwrites `words` with the first words of a substream. Nothing is remembered between calls, so blocks may be drawn
   * in any order and by any number of workers.
   *
   * @param block number of the substream, from 0 to 2^32 - 1
   */
  fill(words: Uint32Array, block: number): void;
};

/**
 * Random numbers that a seed and a label determine: other labels give unrelated numbers, the same ones the same.
 * The sha256 of both is the key (64 bits) and the upper half of the counter (64 bits).
 */
export function createRandomSource(seed: number, label: string): RandomSource {
  const digest = createHash("sha256").update(`${RANDOM_GENERATOR}\n${seed}\n${label}`).digest();
  const key = [digest.readUInt32LE(0), digest.readUInt32LE(4)] as const;
  const upper = [digest.readUInt32LE(8), digest.readUInt32LE(12)] as const;
  return { fill: (words, block) => fillPhilox(words, key, [0, block, ...upper]) };
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const ROUNDS = 10;
const PER_WORD = 2 ** -32;

/**
 * Philox4x32-10: words 4i to 4i + 3 are the counter, its first word raised by i, encrypted with the key.
 *
 * The upper half of a product is exact although a double rounds it: `a * b` is off by at most 2^10, as is the difference
 * to the lower half, and a multiple of 2^32 that is off by 2^11 still rounds to itself.
 *
 * Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
 */
export function fillPhilox(
  words: Uint32Array,
  [key0, key1]: readonly [number, number],
  [counter0, counter1, counter2, counter3]: readonly [number, number, number, number],
): void {
  for (let at = 0; at < words.length; at += 4) {
    let a = (counter0 + at / 4) >>> 0;
    let b = counter1;
    let c = counter2;
    let d = counter3;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const low0 = Math.imul(MULTIPLIER_0, a) >>> 0;
      const low1 = Math.imul(MULTIPLIER_1, c) >>> 0;
      const high0 = ((MULTIPLIER_0 * a - low0) * PER_WORD + 0.5) >>> 0;
      const high1 = ((MULTIPLIER_1 * c - low1) * PER_WORD + 0.5) >>> 0;
      a = (high1 ^ b ^ k0) >>> 0;
      b = low1;
      c = (high0 ^ d ^ k1) >>> 0;
      d = low0;
      k0 = (k0 + KEY_STEP_0) | 0;
      k1 = (k1 + KEY_STEP_1) | 0;
    }
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
  }
}
