import type { OpenedShard } from "../storage/vector-shards.ts";

/** A shard in use. Its keys are known by number, so that they are in memory once. */
export type KnownShard = Omit<OpenedShard, "keys"> & {
  /** The key of every row. */
  readonly numbers: Uint32Array;
  /** True once all of its vectors have been read and their checksums compared, or when they were written here. */
  verified: boolean;
};

export type Place = { readonly shard: KnownShard; readonly row: number };

/**
 * Which row of which shard holds the vector of a key. Several may: a sealed shard goes before a journal shard, then the
 * smaller name, so that it does not matter in which order they became known.
 */
export type ShardPlaces = {
  add(shard: KnownShard): void;
  /** Keys that other shards hold too are found there from then on. */
  remove(shard: KnownShard): void;
  find(number: number): Place | undefined;
  all(): readonly KnownShard[];
};

export function createShardPlaces(): ShardPlaces {
  /** `shardOf` has positions in here, plus 1. */
  const shards: (KnownShard | undefined)[] = [];
  let shardOf = new Uint32Array(1024);
  let rowOf = new Uint32Array(1024);

  function reserve(numbers: Uint32Array): void {
    const most = numbers.reduce((most, number) => Math.max(most, number), 0);
    if (most < shardOf.length) return;
    const size = Math.ceil(1.5 * (most + 1));
    shardOf = enlarge(shardOf, size);
    rowOf = enlarge(rowOf, size);
  }

  function shardAt(position: number): KnownShard | undefined {
    return position === 0 ? undefined : shards[position - 1];
  }

  /** Places the keys of a shard wherever it goes before the one that has them. */
  function place(shard: KnownShard): void {
    const position = shards.indexOf(shard) + 1;
    for (const [row, number] of shard.numbers.entries()) {
      const other = shardAt(shardOf[number] ?? 0);
      if (other !== undefined && !goesBefore(shard, other)) continue;
      shardOf[number] = position;
      rowOf[number] = row;
    }
  }

  return {
    add(shard) {
      reserve(shard.numbers);
      const free = shards.indexOf(undefined);
      if (free < 0) shards.push(shard);
      else shards[free] = shard;
      place(shard);
    },
    remove(shard) {
      const position = shards.indexOf(shard) + 1;
      if (position === 0) return;
      const lost = shard.numbers.filter((number) => shardOf[number] === position);
      for (const number of lost) shardOf[number] = 0;
      shards[position - 1] = undefined;
      if (lost.length > 0) for (const other of shards) if (other !== undefined) place(other);
    },
    find(number) {
      const shard = shardAt(shardOf[number] ?? 0);
      return shard === undefined ? undefined : { shard, row: rowOf[number] ?? 0 };
    },
    all: () => shards.filter((shard) => shard !== undefined),
  };
}

function goesBefore(shard: KnownShard, other: KnownShard): boolean {
  if (shard.kind !== other.kind) return shard.kind === "sealed";
  return shard.path < other.path;
}

function enlarge(values: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(values);
  return larger;
}
