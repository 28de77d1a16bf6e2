import { readShard, type VectorShard } from "../storage/arrow-shards.ts";

/** Reads a verified shard; undefined, after a warning, when it cannot be used. */
export type ShardReader = (path: string, dim: number) => Promise<VectorShard | undefined>;

/**
 * A shard reader that keeps the shards used last in memory, up to `maxBytes`: texts come mostly in the order in which they
 * were encoded, so a shard is read once rather than once a batch. What is read again is verified again.
 */
export function holdShards(maxBytes: number, onWarning: (text: string) => void): ShardReader {
  const held = new Map<string, VectorShard>();
  let bytes = 0;

  function release(path: string): void {
    bytes -= held.get(path)?.byteLength ?? 0;
    held.delete(path);
  }

  return async (path, dim) => {
    const shard = held.get(path) ?? (await readShard(path, dim, onWarning));
    release(path);
    if (shard === undefined) return undefined;
    held.set(path, shard);
    bytes += shard.byteLength;
    for (const oldest of held.keys()) {
      if (bytes <= maxBytes || oldest === path) break;
      release(oldest);
    }
    return shard;
  };
}
