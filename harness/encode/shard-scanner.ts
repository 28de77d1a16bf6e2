import { basename, join } from "node:path";
import type { VectorPrecision } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import { fileError } from "../storage/file-error.ts";
import { namesIn } from "../storage/shard-folder.ts";
import { KEY_BYTES } from "../storage/shard-layout.ts";
import { isGone, type OpenedShard, openShard } from "../storage/vector-shards.ts";
import type { KeyTable } from "./key-table.ts";
import { createNotedShards } from "./noted-shards.ts";
import type { KnownShard, ShardPlaces } from "./shard-places.ts";

const OPEN_FILES = 8;
const LOOKS = 10;
const NOT_OURS = "not a file of the embedding cache; passed over.";

export type ShardScannerParts = {
  readonly folder: string;
  readonly dim: number;
  readonly storage: VectorPrecision;
  /** Are given what is found. */
  readonly keys: KeyTable;
  readonly places: ShardPlaces;
  /** Keys that are in memory, wanted or not, before shards without a wanted one are only noted. */
  readonly heldKeys: number;
  readonly onWarning: (text: string) => void;
};

/** Keeps what is known of a folder's shards in step with the folder, which other processes fill and clear too. */
export type ShardScanner = {
  /** Takes in what was added and removed since. Reads keys, no vectors. */
  refresh(): Promise<void>;
  /** Makes all shards known that hold some of the keys. */
  open(keys: Iterable<Uint8Array>): Promise<void>;
  /** Makes a shard known. */
  register(shard: OpenedShard, verified: boolean): void;
  forget(shard: KnownShard): void;
  /** Forgets a shard that could not be read: one that is gone silently, and the folder is looked through anew. */
  lose(shard: KnownShard, cause: unknown): Promise<void>;
};

export function createShardScanner(parts: ShardScannerParts): ShardScanner {
  const { folder, keys, places, heldKeys, onWarning } = parts;
  const noted = createNotedShards();
  /** Files that were looked at, usable or not: a warning is given once. */
  const seen = new Set<string>();
  let scanning: Promise<void> | undefined;

  function register({ keys: bytes, ...shard }: OpenedShard, verified: boolean): void {
    const numbers = new Uint32Array(shard.layout.rows);
    for (const row of numbers.keys()) numbers[row] = keys.add(bytes, row * KEY_BYTES);
    for (const known of places.all()) if (known.path === shard.path) places.remove(known);
    places.add({ ...shard, numbers, verified });
    noted.forget(basename(shard.path));
    seen.add(basename(shard.path));
  }

  function takeIn(shard: OpenedShard): void {
    const isAside = keys.size >= heldKeys && !holdsAny(shard, keys) && noted.note(basename(shard.path), shard.keys);
    if (isAside) seen.add(basename(shard.path));
    else register(shard, false);
  }

  function forgetFile(file: string): void {
    noted.forget(file);
    seen.delete(file);
  }

  function forget(shard: KnownShard): void {
    places.remove(shard);
    forgetFile(basename(shard.path));
  }

  function passOver(path: string, why: string): void {
    onWarning(`${path}: ${why}`);
    seen.add(basename(path));
  }

  /** @returns false when the file is gone */
  async function load(file: string, use: (shard: OpenedShard) => void): Promise<boolean> {
    const path = join(folder, file);
    try {
      use(await openExpected(path, parts));
    } catch (cause) {
      if (isGone(cause)) return false;
      passOver(path, damage(path, cause));
    }
    return true;
  }

  /** @returns false when a file went while we looked */
  async function scanOnce(): Promise<boolean> {
    const before = places.all();
    const { shards, foreign } = await namesIn(folder);
    const there = new Set(shards);
    for (const shard of before) if (!there.has(basename(shard.path))) forget(shard);
    for (const file of [...noted.files()].filter((name) => !there.has(name))) forgetFile(file);
    for (const name of foreign) if (!seen.has(name)) passOver(join(folder, name), NOT_OURS);
    const loaded = await boundedMap(
      shards.filter((name) => !seen.has(name)),
      OPEN_FILES,
      (name) => load(name, takeIn),
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

  async function open(wanted: Iterable<Uint8Array>): Promise<void> {
    const files = [...noted.holding(wanted)];
    for (const file of files) forgetFile(file);
    const loaded = await boundedMap(files, OPEN_FILES, (file) => load(file, (shard) => register(shard, false)));
    // what goes has been sealed into another file, or was pruned
    if (loaded.includes(false)) await refresh();
  }

  async function lose(shard: KnownShard, cause: unknown): Promise<void> {
    forget(shard);
    if (isGone(cause)) await refresh();
    else passOver(shard.path, damage(shard.path, cause));
  }

  return { refresh, open, register, forget, lose };
}

/** Of a large cache most shards hold nothing that a process wants. */
function holdsAny({ keys: bytes, layout: { rows } }: OpenedShard, keys: KeyTable): boolean {
  for (let row = 0; row < rows; row++) if (keys.find(bytes, row * KEY_BYTES) !== undefined) return true;
  return false;
}

async function openExpected(path: string, { dim, storage }: ShardScannerParts): Promise<OpenedShard> {
  const shard = await openShard(path);
  const { layout } = shard;
  if (layout.dim === dim && layout.precision === storage) return shard;
  throw new Error(`expected ${dim} values of ${storage}, found ${layout.dim} of ${layout.precision}`);
}

/** @throws {HarnessError} `TOO_MANY_FILES`, which says nothing about the file */
function damage(path: string, cause: unknown): string {
  const failure = fileError(path, "read", cause);
  if (failure instanceof HarnessError && failure.code === "TOO_MANY_FILES") throw failure;
  const reason = cause instanceof Error ? cause.message : cause;
  return `passed over a damaged or foreign vector file (${reason}; delete it to end this warning).`;
}
