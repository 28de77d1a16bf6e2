import type { VectorPrecision } from "../domain/embeddings.ts";
import { fileError } from "../storage/file-error.ts";
import { halfToNumber } from "../storage/float16.ts";
import { isGone, readVectors, type VectorBlock, verifyShard } from "../storage/vector-shards.ts";
import type { EncoderRecord } from "./cache-inventory.ts";
import { NORM_TOLERANCE } from "./check-vectors.ts";

/** Rounding to 11 significant bits moves a norm by less than this. */
const HALF_ROUNDING = 2 ** -11;

/** How many vectors a sound shard holds, or why it is none. */
export type ShardCheck = { readonly rows: number } | { readonly why: string };

/**
 * Reads every byte of a shard: name, structure, checksums, dimension and precision as the record of its folder says where
 * there is one, and vectors that are finite and of norm 1 or all zero. A shard that is gone meanwhile is sound and empty.
 */
export async function checkShard(path: string, record: EncoderRecord | undefined): Promise<ShardCheck> {
  try {
    const shard = await verifyShard(path);
    const { dim, precision, rows } = shard.layout;
    if (record !== undefined && (record.dim !== dim || record.precision !== precision)) {
      const found = `${dim} ${precision} values`;
      return { why: `its vectors have ${found}, those of its encoder ${record.dim} ${record.precision} values` };
    }
    for await (const block of readVectors(shard)) {
      const row = firstWrongRow(block, dim, precision);
      if (row !== undefined) return { why: `the vector of row ${row} is neither of norm 1 nor all zero` };
    }
    return { rows };
  } catch (cause) {
    if (isGone(cause)) return { rows: 0 };
    const failure = fileError(path, "read", cause);
    return {
      why: failure instanceof Error ? failure.message.replace(`${path}: `, "").replace(/\.$/, "") : `${failure}`,
    };
  }
}

function firstWrongRow(block: VectorBlock, dim: number, precision: VectorPrecision): number | undefined {
  const { buffer, byteOffset, byteLength } = block.values;
  const values =
    precision === "float32"
      ? new Float32Array(buffer, byteOffset, byteLength / 4)
      : Float32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), halfToNumber);
  const tolerance = precision === "float32" ? NORM_TOLERANCE : NORM_TOLERANCE + HALF_ROUNDING;
  for (let row = 0; row < block.rows; row++) {
    let sum = 0;
    for (let at = row * dim; at < (row + 1) * dim; at++) sum += (values[at] ?? 0) ** 2;
    // a norm that is not finite fails the comparison too
    if (sum !== 0 && !(Math.abs(Math.sqrt(sum) - 1) <= tolerance)) return block.firstRow + row;
  }
  return undefined;
}
