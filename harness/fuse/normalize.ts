export type Normalize = "none" | "minmax" | "z";

/**
 * Scores of one channel and one query on a scale of their own: `minmax` to [0, 1], `z` to mean 0 and population standard
 * deviation 1. The statistics are over the rows that take part; a channel of equal scores becomes all 0.
 *
 * @param takesPart rows without a score in the channel, and excluded ones, do not
 */
export function normalizeScores(
  scores: Float64Array,
  method: Normalize,
  takesPart: (row: number) => boolean,
): Float64Array {
  if (method === "none") return scores;
  const used = scores.filter((_, row) => takesPart(row));
  const { shift, scale } = method === "minmax" ? minmax(used) : standard(used);
  return scale === 0 ? new Float64Array(scores.length) : scores.map((score) => (score - shift) / scale);
}

function minmax(scores: Float64Array): { readonly shift: number; readonly scale: number } {
  const low = scores.reduce((a, b) => Math.min(a, b), Infinity);
  const high = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return scores.length === 0 ? { shift: 0, scale: 0 } : { shift: low, scale: high - low };
}

function standard(scores: Float64Array): { readonly shift: number; readonly scale: number } {
  if (scores.length === 0) return { shift: 0, scale: 0 };
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return { shift: mean, scale: Math.sqrt(variance) };
}
