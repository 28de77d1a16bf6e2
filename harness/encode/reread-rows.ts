import type { VectorBlock, VectorFile } from "./vector-file.ts";

/** Reads rows of a file, in the order asked for, `dim` values each. */
export type ReadRows = (rows: readonly number[]) => Promise<Float64Array>;

/** Bytes of rows that were passed over and are kept for later. */
const HELD_BYTES = 256 << 20;

/** A block and the row that it begins with. */
type Place = { readonly block: VectorBlock; readonly first: number };

/** Rows that are still to be found, and where in the answer they go. */
type Wanted = { readonly slots: Map<number, readonly number[]>; readonly values: Float64Array };

/**
 * Reads rows out of order from a file that only gives them in order. It goes on where it stopped, so that rows asked for in
 * the order of the file take one pass altogether. Rows that it passes over are kept, the latest ones, up to `heldBytes`; for
 * what is no longer kept the file is read again from the start.
 */
export function rereadRows({ dim, blocks }: Pick<VectorFile, "dim" | "blocks">, heldBytes = HELD_BYTES): ReadRows {
  const held = new Map<number, Float64Array>();
  const mostHeld = Math.floor(heldBytes / (dim * Float64Array.BYTES_PER_ELEMENT));
  let pass: AsyncIterator<VectorBlock> | undefined;
  let place: Place | undefined;
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();

  function hold(row: number, values: Float64Array): void {
    held.set(row, values.slice());
    const [oldest] = held.keys();
    if (held.size > mostHeld && oldest !== undefined) held.delete(oldest);
  }

  /** To the block that the next row is in; nowhere at the end of the file, after which comes the start. */
  async function advance(): Promise<void> {
    if (place !== undefined && next < place.first + place.block.values.length / dim) return;
    pass ??= blocks()[Symbol.asyncIterator]();
    const { done, value } = await pass.next();
    place = done === true ? undefined : { block: value, first: next };
    if (place !== undefined) return;
    pass = undefined;
    next = 0;
  }

  function search({ block, first }: Place, { slots, values }: Wanted): void {
    const end = first + block.values.length / dim;
    for (; next < end && slots.size > 0; next++) {
      const row = block.values.subarray((next - first) * dim, (next - first + 1) * dim);
      const own = slots.get(next);
      if (own === undefined) hold(next, row);
      for (const slot of own ?? []) values.set(row, slot * dim);
      slots.delete(next);
    }
  }

  async function read(rows: readonly number[]): Promise<Float64Array> {
    const wanted = { slots: new Map<number, readonly number[]>(), values: new Float64Array(rows.length * dim) };
    for (const [slot, row] of rows.entries()) {
      const kept = held.get(row);
      if (kept === undefined) wanted.slots.set(row, [...(wanted.slots.get(row) ?? []), slot]);
      else wanted.values.set(kept, slot * dim);
    }
    for (const row of rows) held.delete(row);
    if (wanted.slots.size === 0) return wanted.values;
    let ends = 0;
    while (wanted.slots.size > 0 && ends < 2) {
      await advance();
      if (place === undefined) ends += 1;
      else search(place, wanted);
    }
    const [lacking] = wanted.slots.keys();
    if (lacking !== undefined) throw new Error(`expected row ${lacking}, and the file ends before it`);
    // where that was the last row, this closes the file
    await advance();
    return wanted.values;
  }

  return (rows) => {
    // the pass is shared: one call after the other, whatever became of it
    const reading = turn.then(() => read(rows));
    turn = reading.catch(() => undefined);
    return reading;
  };
}
