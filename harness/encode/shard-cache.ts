import { embedTexts } from "./embed-texts.ts";
import type { EmbeddingCache } from "./embedding-cache.ts";
import { holdShards } from "./held-shards.ts";
import type { Encoder } from "./types.ts";
import { openVectorIndex, type VectorIndex } from "./vector-index.ts";
import { encoderRecord, vectorKeys } from "./vector-key.ts";

/** Bytes of vectors in one shard, at most: far below the 2 GiB that Node reads at once. */
const MAX_SHARD_BYTES = 64 * 2 ** 20;
/** Texts whose vectors `kill -9` loses at most. */
const SHARD_ROWS = 4096;
const HELD_BYTES = 256 * 2 ** 20;

export type EmbeddingCacheOptions = {
  /** Made when the first vector is stored. */
  readonly folder: string;
  /** Told about files that cannot be used; their vectors are encoded anew. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Rows after which a shard is written; fewer where 64 MiB hold fewer. */
  readonly shardRows?: number | undefined;
  /** Bytes of read shards to keep in memory; 256 MiB unless told. */
  readonly heldBytes?: number | undefined;
};

/**
 * An embedding cache in files: a folder an encoder, in it `encoder.json`, which says what it is, and Arrow shards named by
 * their content. There are no locks and no shared appends: several caches, also of several processes, may use one folder,
 * and at worst encode the same text once each. Calls of one cache for one encoder wait for each other, so they do not.
 */
export function openEmbeddingCache(options: EmbeddingCacheOptions): EmbeddingCache {
  const { folder: root, onWarning = () => undefined, shardRows = SHARD_ROWS, heldBytes = HELD_BYTES } = options;
  const readShard = holdShards(heldBytes, onWarning);
  const indexes = new Map<string, VectorIndex>();
  const turns = new Map<VectorIndex, Promise<unknown>>();

  function indexOf(encoder: Encoder): VectorIndex {
    const { folder } = encoderRecord(encoder);
    const index = indexes.get(folder) ?? openVectorIndex({ root, encoder, readShard, onWarning });
    indexes.set(folder, index);
    return index;
  }

  return {
    async *missing(encoder, role, texts) {
      const index = indexOf(encoder);
      await index.refresh();
      const keyOf = vectorKeys(encoder, role);
      for await (const text of texts) {
        const key = keyOf(text);
        if (index.find(key) === undefined) yield { key, text };
      }
    },
    embed(request) {
      const index = indexOf(request.encoder);
      const rows = Math.max(1, Math.min(shardRows, Math.floor(MAX_SHARD_BYTES / (4 * request.encoder.dim))));
      const turn = (turns.get(index) ?? Promise.resolve()).then(async () => {
        await index.refresh();
        return embedTexts(index, rows, request);
      });
      // the next call waits for this one, whatever becomes of it
      turns.set(
        index,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}
