/** Lengths below it are stored exactly: what one byte has left beside the 231 steps of the scale above it. */
const EXACT_BELOW = 24;
/** Leading bits of the rest that are kept. */
const KEPT_BITS = 4;

/**
 * The length that Lucene remembers of a document in one byte: exact below 40 terms, above that rounded down to 24 plus a
 * number of four significant bits, so up to 1/9 short.
 *
 * @param length terms of the field, at least 0
 * Source: Lucene's SmallFloat.intToByte4 and byte4ToInt.
 */
export function storedLength(length: number): number {
  if (length < EXACT_BELOW) return length;
  const rest = length - EXACT_BELOW;
  const shift = Math.max(0, 32 - Math.clz32(rest) - KEPT_BITS);
  return EXACT_BELOW + ((rest >>> shift) << shift);
}
