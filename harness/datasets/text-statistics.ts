import { createHash } from "node:crypto";

/** Lengths in code points, as Python's `len` counts them; `min`, `average` and `max` are 0 where there is no text. */
export type TextStatistics = {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly average: number;
  readonly max: number;
  /** Different texts. */
  readonly unique: number;
};

/** Characters of base64: 6 bits each. */
const HASH_LENGTH = 22;

/**
 * Statistics of composed texts as mteb's descriptive statistics count them. The texts are streamed; what stays is a
 * hash of 132 bits of each different one.
 *
 * Source: mteb `calculate_text_statistics`; https://github.com/embeddings-benchmark/mteb
 */
export async function textStatistics(texts: AsyncIterable<string> | Iterable<string>): Promise<TextStatistics> {
  const seen = new Set<string>();
  let count = 0;
  let total = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for await (const text of texts) {
    const length = codePoints(text);
    count += 1;
    total += length;
    min = Math.min(min, length);
    max = Math.max(max, length);
    seen.add(createHash("sha256").update(text).digest("base64").slice(0, HASH_LENGTH));
  }
  return { count, total, min: count === 0 ? 0 : min, average: count === 0 ? 0 : total / count, max, unique: seen.size };
}

function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(index + 1);
    if (next >= 0xdc00 && next <= 0xdfff) count -= 1;
  }
  return count;
}
