import { join } from "node:path";
import type { VectorPrecision } from "../domain/embeddings.ts";
import type { Clock } from "../runtime/clock.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { RECORD_FILE, removeShard, syncFolder, touchShard } from "../storage/shard-folder.ts";
import { VALUE_BYTES } from "../storage/shard-layout.ts";
import { readVectors, type ShardKind, writeShard } from "../storage/vector-shards.ts";
import { createKeyTable } from "./key-table.ts";
import { createShardPlaces, type KnownShard, type Place } from "./shard-places.ts";
import { createShardScanner } from "./shard-scanner.ts";
import type { Encoder } from "./types.ts";
import { encoderRecord } from "./vector-key.ts";

/** A vector in memory on its way to a file: its values as they lie on disk. */
export type HeldRow = { readonly values: Uint8Array; readonly truncated: boolean };

/** Held rows by the number of their key. */
export type HeldRows = ReadonlyMap<number, HeldRow>;

/** The vectors of one encoder on disk, by key. Keys have numbers, which hold as long as the index does. */
export type VectorIndex = {
  readonly dim: number;
  readonly storage: VectorPrecision;
  /** The number of a key, whether there is a vector for it or not. */
  numberOf(key: string): number;
  has(key: string): boolean;
  /** Where a vector is, as far as known; it may be gone by now, or damaged, unless its shard is verified. */
  find(number: number): Place | undefined;
  /** Takes in what other processes added and removed since. Reads keys, no vectors. */
  refresh(): Promise<void>;
  /** Makes sure that `has` knows of these keys; of a large cache only the shards that are looked for are in memory. */
  look(keys: readonly string[]): Promise<void>;
  /** The same for `find`. */
  lookUp(numbers: readonly number[]): Promise<void>;
  /**
   * Makes sure of vectors: verifies the sealed shards that hold some of them, and reads those that only journal shards
   * hold. A shard that is gone or damaged is forgotten, and its vectors are looked up again.
   *
   * @param held rows that are in memory already
   * @returns the rows that were read
   */
  settle(numbers: Iterable<number>, held: HeldRows): Promise<HeldRows>;
  /** Stores rows as one shard, in their order. @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL` */
  write(kind: ShardKind, rows: HeldRows): Promise<void>;
  /** Removes journal shards of which verified sealed shards hold every vector. */
  sweep(): Promise<void>;
};

export type VectorIndexParts = {
  /** Holds a folder an encoder. */
  readonly root: string;
  readonly encoder: Encoder;
  readonly storage: VectorPrecision;
  /** As `ShardScannerParts` has it; 2^20 unless told. */
  readonly heldKeys?: number | undefined;
  readonly onWarning: (text: string) => void;
  readonly systemTime: Clock;
};

/** 60 MB. */
const HELD_KEYS = 2 ** 20;

/** Nothing is read before `refresh`. */
export function openVectorIndex(parts: VectorIndexParts): VectorIndex {
  const { root, encoder, storage, heldKeys = HELD_KEYS, onWarning, systemTime } = parts;
  const { dim } = encoder;
  const { record, folder: name } = encoderRecord(encoder, storage);
  const folder = join(root, name);
  const keys = createKeyTable();
  const places = createShardPlaces();
  const scanner = createShardScanner({ folder, dim, storage, keys, places, heldKeys, onWarning });
  let described = false;

  /** The shards that have to be read before the vectors can be relied on, and the numbers found in each. */
  function unreadShards(numbers: Iterable<number>, isHeld: (number: number) => boolean) {
    const unread = new Map<KnownShard, Set<number>>();
    for (const number of numbers) {
      const place = places.find(number);
      if (place === undefined || isSafe(place) || (place.shard.kind === "journal" && isHeld(number))) continue;
      unread.set(place.shard, (unread.get(place.shard) ?? new Set()).add(number));
    }
    return unread;
  }

  /** @returns nothing for a shard that could not be read */
  async function read(shard: KnownShard, wanted: ReadonlySet<number>): Promise<HeldRows> {
    const rows = await readRows(shard, wanted).catch(async (cause: unknown) => {
      await scanner.lose(shard, cause);
      return undefined;
    });
    if (rows === undefined) return new Map();
    if (!shard.verified) await touchShard(shard.path, systemTime());
    shard.verified = true;
    return rows;
  }

  return {
    dim,
    storage,
    refresh: scanner.refresh,
    look: (wanted) => scanner.open(wanted.map((key) => Buffer.from(key, "latin1"))),
    lookUp: (numbers) => scanner.open(numbers.map(keys.keyOf)),
    numberOf: (key) => keys.add(Buffer.from(key, "latin1")),
    has(key) {
      const number = keys.find(Buffer.from(key, "latin1"));
      return number !== undefined && places.find(number) !== undefined;
    },
    find: places.find,
    async settle(numbers, held) {
      const rows = new Map<number, HeldRow>();
      for (;;) {
        const unread = unreadShards(numbers, (number) => held.has(number) || rows.has(number));
        if (unread.size === 0) return rows;
        for (const [shard, wanted] of unread)
          for (const [number, row] of await read(shard, wanted)) rows.set(number, row);
      }
    },
    async write(kind, rows) {
      // the same bytes from every writer, so it does not matter who wrote it last
      if (!described) await writeFileAtomic(join(folder, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
      described = true;
      const written = await writeShard(folder, kind, {
        dim,
        precision: storage,
        keys: joinBytes(Array.from(rows.keys(), keys.keyOf)),
        values: joinBytes(Array.from(rows.values(), ({ values }) => values)),
        truncated: Uint8Array.from(rows.values(), ({ truncated }) => Number(truncated)),
      });
      scanner.register(written, true);
    },
    async sweep() {
      const done = places.all().filter(({ kind, numbers }) => {
        return kind === "journal" && numbers.every((number) => isSafe(places.find(number)));
      });
      // a removal must not reach the disk before the sealed shard's name
      if (done.length > 0) await syncFolder(folder);
      for (const shard of done) {
        await removeShard(shard.path);
        scanner.forget(shard);
      }
    },
  };
}

/** True for a vector in a sealed shard that has been verified. */
export function isSafe(place: Place | undefined): boolean {
  return place?.shard.kind === "sealed" && place.shard.verified;
}

/** Reads and verifies all of a shard. @returns the rows that are wanted, if it is a journal shard */
async function readRows(shard: KnownShard, wanted: ReadonlySet<number>): Promise<HeldRows> {
  const { kind, numbers, truncated, layout } = shard;
  const rowBytes = layout.dim * VALUE_BYTES[layout.precision];
  const found = new Map<number, HeldRow>();
  for await (const { firstRow, rows, values } of readVectors(shard)) {
    if (kind === "sealed") continue;
    const kept = values.slice();
    for (let row = 0; row < rows; row++) {
      const number = numbers[firstRow + row] ?? 0;
      if (!wanted.has(number)) continue;
      const bytes = kept.subarray(row * rowBytes, (row + 1) * rowBytes);
      found.set(number, { values: bytes, truncated: truncated[firstRow + row] === 1 });
    }
  }
  return found;
}

/** Not `Buffer.concat`, whose bytes may lie anywhere in a pool: vectors have to be aligned. */
function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
