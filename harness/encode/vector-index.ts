import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isShardName, KEY_BYTES, type KeyedVectors, type VectorShard, writeShard } from "../storage/arrow-shards.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { fileError } from "../storage/file-error.ts";
import type { ShardReader } from "./held-shards.ts";
import type { Encoder } from "./types.ts";
import { encoderRecord } from "./vector-key.ts";

const RECORD_FILE = "encoder.json";

/** Where a stored vector is; rows are counted through all batches of the shard. */
type VectorPlace = { readonly shard: string; readonly row: number };

/** The vectors of one encoder on disk, by key. Nothing is read before `refresh`. */
export type VectorIndex = {
  /** Takes in the shards that appeared since, whoever wrote them. */
  refresh(): Promise<void>;
  find(key: string): VectorPlace | undefined;
  /** A shard's vectors; undefined, and all its keys forgotten, when it can no longer be used. */
  read(shard: string): Promise<VectorShard | undefined>;
  /** Stores vectors as one shard; their keys are found from then on. */
  write(vectors: KeyedVectors): Promise<void>;
};

export type VectorIndexParts = {
  /** Holds a folder an encoder. */
  readonly root: string;
  readonly encoder: Encoder;
  readonly readShard: ShardReader;
  readonly onWarning: (text: string) => void;
};

export function openVectorIndex({ root, encoder, readShard, onWarning }: VectorIndexParts): VectorIndex {
  const { dim } = encoder;
  const { record, folder: name } = encoderRecord(encoder);
  const folder = join(root, name);
  const places = new Map<string, VectorPlace>();
  const seen = new Set<string>();
  let described = false;
  let scanning: Promise<void> | undefined;

  function register(shard: string, batches: readonly KeyedVectors[]): void {
    let row = 0;
    for (const { keys } of batches) {
      const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
      for (let at = 0; at < bytes.length; at += KEY_BYTES, row++) {
        const key = bytes.toString("latin1", at, at + KEY_BYTES);
        if (!places.has(key)) places.set(key, { shard, row });
      }
    }
  }

  async function read(shard: string): Promise<VectorShard | undefined> {
    const found = await readShard(join(folder, shard), dim);
    if (found !== undefined) return found;
    for (const [key, place] of places) if (place.shard === shard) places.delete(key);
    return undefined;
  }

  async function scan(): Promise<void> {
    for (const file of await filesIn(folder)) {
      if (seen.has(file) || file === RECORD_FILE || isPassing(file)) continue;
      seen.add(file);
      if (isShardName(file)) register(file, (await read(file))?.batches ?? []);
      else onWarning(`${join(folder, file)}: not a file of the embedding cache; passed over.`);
    }
  }

  return {
    read,
    find: (key) => places.get(key),
    refresh() {
      // callers at the same time share one scan, so that none goes on while another is still reading
      scanning ??= scan().finally(() => {
        scanning = undefined;
      });
      return scanning;
    },
    async write(vectors) {
      // the same bytes from every writer, so it does not matter who wrote it last
      if (!described) await writeFileAtomic(join(folder, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
      described = true;
      const shard = await writeShard(folder, vectors);
      seen.add(shard);
      register(shard, [vectors]);
    },
  };
}

/** Files of the system, and those that another process is about to rename. */
function isPassing(file: string): boolean {
  return file.startsWith(".") || file.endsWith(".tmp");
}

/** Sorted, so that of two shards with the same key always the same one is used. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw fileError(folder, "read", cause);
  }
}
