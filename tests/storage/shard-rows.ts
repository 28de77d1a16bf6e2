import type { VectorPrecision } from "../../harness/domain/embeddings.ts";
import type { ShardRows } from "../../harness/storage/arrow-shards.ts";
import { hashBytes } from "../../harness/storage/content-hash.ts";
import { packVectors } from "../../harness/storage/pack-vectors.ts";
import { KEY_BYTES } from "../../harness/storage/shard-layout.ts";

/** Value `d` of row `r`: small multiples of 1/2, which float16 holds too. */
export function valueAt(row: number, d: number): number {
  return (row % 1000) + d / 2;
}

/** Row `r` has the key sha256("r"), the values `valueAt(r, d)`, and is truncated when `r` is a multiple of 3. */
export function shardRows(count: number, dim: number, precision: VectorPrecision = "float32"): ShardRows {
  const keys = new Uint8Array(count * KEY_BYTES);
  for (let row = 0; row < count; row++) keys.set(keyOf(row), row * KEY_BYTES);
  const values = Float32Array.from({ length: count * dim }, (_, at) => valueAt(Math.floor(at / dim), at % dim));
  return {
    dim,
    precision,
    keys,
    values: packVectors(values, precision),
    truncated: Uint8Array.from({ length: count }, (_, row) => (row % 3 === 0 ? 1 : 0)),
  };
}

export function keyOf(row: number): Uint8Array {
  return Buffer.from(hashBytes(`${row}`), "hex");
}
