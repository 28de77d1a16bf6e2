/**
 * Which shards may hold a key: all that do are named, and about one lookup in a million names another one. 8 bytes a slot,
 * so 11 to 21 bytes a key, where a key in use takes 57 with its number and place.
 */
export type KeySketch = {
  /** Takes down that a shard holds the key that begins at byte `at`. */
  add(bytes: Uint8Array, at: number, shard: number): void;
  /** The numbers of shards that may hold a key, each once. */
  shardsOf(bytes: Uint8Array): readonly number[];
};

/** Shards that can be told apart: their numbers are 0 to this, not included. */
export const MOST_SHARDS = 2 ** 20 - 1;

const SHARD_BITS = 20;
const FIRST_SLOTS = 2 ** 12;

/**
 * Open addressing with linear steps. Keys are hashes: four bytes of one say where to look first and are kept, so that the
 * table can grow; beside them are 12 more bits of the key and the shard's number plus 1. A slot of zeros is free.
 */
export function createKeySketch(): KeySketch {
  let slots = new Uint32Array(2 * FIRST_SLOTS);
  let size = 0;

  /** Puts an entry where it goes, unless it is there. @returns whether it was not */
  function put(word: number, entry: number): boolean {
    const mask = slots.length / 2 - 1;
    for (let slot = word & mask; ; slot = (slot + 1) & mask) {
      const found = slots[2 * slot + 1];
      if (found === entry && slots[2 * slot] === word) return false;
      if (found !== 0) continue;
      slots[2 * slot] = word;
      slots[2 * slot + 1] = entry;
      return true;
    }
  }

  function grow(): void {
    const old = slots;
    slots = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) put(old[at] ?? 0, old[at + 1] ?? 0);
  }

  return {
    add(bytes, at, shard) {
      if (put(wordOf(bytes, at), ((tagOf(bytes, at) << SHARD_BITS) | (shard + 1)) >>> 0)) size += 1;
      // three quarters full
      if (8 * size > 3 * slots.length) grow();
    },
    shardsOf(bytes) {
      const word = wordOf(bytes, 0);
      const tag = tagOf(bytes, 0);
      const mask = slots.length / 2 - 1;
      const shards: number[] = [];
      for (let slot = word & mask; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
        const entry = slots[2 * slot + 1] ?? 0;
        if (slots[2 * slot] === word && entry >>> SHARD_BITS === tag) shards.push((entry & MOST_SHARDS) - 1);
      }
      return shards;
    },
  };
}

function wordOf(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at + 4], bytes[at + 5], bytes[at + 6], bytes[at + 7]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** 12 bits. */
function tagOf(bytes: Uint8Array, at: number): number {
  return (bytes[at + 8] ?? 0) | (((bytes[at + 9] ?? 0) & 0x0f) << 8);
}
