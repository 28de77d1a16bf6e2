import { basename, join } from "node:path";
import type { VectorPrecision } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import { fileError } from "../storage/file-error.ts";
import { namesIn } from "../storage/shard-folder.ts";
import { KEY_BYTES } from "../storage/shard-layout.ts";
import { isGone, type OpenedShard, openShard } from "../storage/vector-shards.ts";
import type { KeyTable } from "./key-table.ts";
import type { KnownShard, ShardPlaces } from "./shard-places.ts";

const OPEN_FILES = 8;
const LOOKS = 10;

export type ShardScannerParts = {
  readonly folder: string;
  readonly dim: number;
  readonly storage: VectorPrecision;
  /** Are given what is found. */
  readonly keys: KeyTable;
  readonly places: ShardPlaces;
  readonly onWarning: (text: string) => void;
};

/** Keeps what is known of a folder's shards in step with the folder, which other processes fill and clear too. */
export type ShardScanner = {
  /** Takes in what was added and removed since. Reads keys, no vectors. */
  refresh(): Promise<void>;
  /** Makes a shard known. */
  register(shard: OpenedShard, verified: boolean): void;
  forget(shard: KnownShard): void;
  /** Forgets a shard that could not be read: one that is gone silently, and the folder is looked through anew. */
  lose(shard: KnownShard, cause: unknown): Promise<void>;
};

export function createShardScanner(parts: ShardScannerParts): ShardScanner {
  const { folder, keys, places, onWarning } = parts;
  /** Files that were looked at, usable or not: a warning is given once. */
  const seen = new Set<string>();
  let scanning: Promise<void> | undefined;

  function register({ keys: bytes, ...shard }: OpenedShard, verified: boolean): void {
    const numbers = new Uint32Array(shard.layout.rows);
    for (const row of numbers.keys()) numbers[row] = keys.add(bytes, row * KEY_BYTES);
    for (const known of places.all()) if (known.path === shard.path) places.remove(known);
    places.add({ ...shard, numbers, verified });
    seen.add(basename(shard.path));
  }

  function forget(shard: KnownShard): void {
    places.remove(shard);
    seen.delete(basename(shard.path));
  }

  function passOver(path: string, cause: unknown): void {
    onWarning(`${path}: passed over a damaged or foreign vector file (${reasonOf(path, cause)}).`);
    seen.add(basename(path));
  }

  /** @returns false when the file is gone */
  async function load(file: string): Promise<boolean> {
    const path = join(folder, file);
    try {
      register(await openExpected(path, parts), false);
    } catch (cause) {
      if (isGone(cause)) return false;
      passOver(path, cause);
    }
    return true;
  }

  /** @returns false when a file went while we looked */
  async function scanOnce(): Promise<boolean> {
    const before = places.all();
    const { shards, foreign } = await namesIn(folder);
    const there = new Set(shards);
    for (const shard of before) if (!there.has(basename(shard.path))) forget(shard);
    for (const file of foreign.filter((name) => !seen.has(name))) {
      seen.add(file);
      onWarning(`${join(folder, file)}: not a file of the embedding cache; passed over.`);
    }
    const loaded = await boundedMap(
      shards.filter((name) => !seen.has(name)),
      OPEN_FILES,
      load,
    );
    return !loaded.includes(false);
  }

  async function scan(): Promise<void> {
    // what goes has been sealed into a file that was perhaps not listed yet; a dangling link goes every time
    for (let look = 0; look < LOOKS; look++) if (await scanOnce()) return;
  }

  function refresh(): Promise<void> {
    // callers at the same time share one scan, so that none goes on while another is still reading
    scanning ??= scan().finally(() => {
      scanning = undefined;
    });
    return scanning;
  }

  async function lose(shard: KnownShard, cause: unknown): Promise<void> {
    forget(shard);
    if (isGone(cause)) await refresh();
    else passOver(shard.path, cause);
  }

  return { refresh, register, forget, lose };
}

async function openExpected(path: string, { dim, storage }: ShardScannerParts): Promise<OpenedShard> {
  const shard = await openShard(path);
  const { layout } = shard;
  if (layout.dim === dim && layout.precision === storage) return shard;
  throw new Error(`expected ${dim} values of ${storage}, found ${layout.dim} of ${layout.precision}`);
}

/** @throws {HarnessError} `TOO_MANY_FILES`, which says nothing about the file */
function reasonOf(path: string, cause: unknown): string {
  const failure = fileError(path, "read", cause);
  if (failure instanceof HarnessError && failure.code === "TOO_MANY_FILES") throw failure;
  return `${cause instanceof Error ? cause.message : cause}; delete it to end this warning`;
}
