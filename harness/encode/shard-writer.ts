import { KEY_BYTES } from "../storage/arrow-shards.ts";
import type { VectorIndex } from "./vector-index.ts";

/** Vectors on their way to disk; a shard is written whenever `shardRows` have come together. */
export type ShardWriter = {
  /** @param vector kept as a view until it is written, so its values must not change */
  add(key: string, vector: Float32Array): Promise<void>;
  /** Writes what is left. */
  flush(): Promise<void>;
};

export function openShardWriter(index: VectorIndex, dim: number, shardRows: number): ShardWriter {
  let waiting: { readonly key: string; readonly vector: Float32Array }[] = [];

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    const keys = new Uint8Array(rows.length * KEY_BYTES);
    const vectors = new Float32Array(rows.length * dim);
    for (const [row, { key, vector }] of rows.entries()) {
      keys.set(Buffer.from(key, "latin1"), row * KEY_BYTES);
      vectors.set(vector, row * dim);
    }
    await index.write({ dim, keys, vectors });
  }

  return {
    flush,
    async add(key, vector) {
      waiting.push({ key, vector });
      if (waiting.length >= shardRows) await flush();
    },
  };
}
