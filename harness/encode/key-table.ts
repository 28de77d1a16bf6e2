import { KEY_BYTES } from "../storage/shard-layout.ts";

/** Numbers for keys of 32 bytes: 0, 1, 2, ... in the order in which they were added. About 45 bytes a key. */
export type KeyTable = {
  readonly size: number;
  /** The number of the key that begins at byte `at`; undefined for one that was never added. */
  find(bytes: Uint8Array, at?: number): number | undefined;
  /** The same, but a new key is given the next number. */
  add(bytes: Uint8Array, at?: number): number;
  /** The key of a number, as a view. */
  keyOf(number: number): Uint8Array;
};

/** Keys are kept in blocks, since a million of them in one array would be copied whenever it grows. */
const BLOCK_KEYS = 2 ** 13;

/** Open addressing with linear steps. Keys are hashes already, so four of their bytes say where to look first. */
export function createKeyTable(): KeyTable {
  const blocks: Uint8Array[] = [];
  /** Number of a key plus 1, or 0; a power of two, at least twice as many as there are keys. */
  let slots = new Uint32Array(2 * BLOCK_KEYS);
  let size = 0;

  function blockOf(number: number): Uint8Array {
    const block = blocks[Math.floor(number / BLOCK_KEYS)];
    if (block === undefined) throw new RangeError(`expected a number below ${size}, got ${number}`);
    return block;
  }

  function isAt(number: number, bytes: Uint8Array, at: number): boolean {
    const block = blockOf(number);
    const start = startOf(number);
    for (let byte = 0; byte < KEY_BYTES; byte++) if (block[start + byte] !== bytes[at + byte]) return false;
    return true;
  }

  /** The slot that holds a key, or the empty one where it would go. */
  function slotOf(bytes: Uint8Array, at: number): number {
    for (let slot = firstSlot(bytes, at, slots.length); ; slot = (slot + 1) & (slots.length - 1)) {
      const found = slots[slot] ?? 0;
      if (found === 0 || isAt(found - 1, bytes, at)) return slot;
    }
  }

  function grow(): void {
    const old = slots;
    slots = new Uint32Array(2 * old.length);
    for (const found of old) {
      if (found === 0) continue;
      let slot = firstSlot(blockOf(found - 1), startOf(found - 1), slots.length);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = found;
    }
  }

  return {
    get size() {
      return size;
    },
    find(bytes, at = 0) {
      const found = slots[slotOf(bytes, at)] ?? 0;
      return found === 0 ? undefined : found - 1;
    },
    add(bytes, at = 0) {
      const slot = slotOf(bytes, at);
      const found = slots[slot] ?? 0;
      if (found > 0) return found - 1;
      if (size % BLOCK_KEYS === 0) blocks.push(new Uint8Array(BLOCK_KEYS * KEY_BYTES));
      blockOf(size).set(bytes.subarray(at, at + KEY_BYTES), startOf(size));
      slots[slot] = size + 1;
      size += 1;
      if (2 * size > slots.length) grow();
      return size - 1;
    },
    keyOf: (number) => blockOf(number).subarray(startOf(number), startOf(number) + KEY_BYTES),
  };
}

/** Where a key begins within its block. */
function startOf(number: number): number {
  return (number % BLOCK_KEYS) * KEY_BYTES;
}

function firstSlot(bytes: Uint8Array, at: number, slots: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) & (slots - 1);
}
