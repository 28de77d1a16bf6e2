import { type HeldRow, type HeldRows, isSafe, type VectorIndex } from "./vector-index.ts";

/** A stretch of a collection whose vectors go into one sealed shard. */
export type Window = {
  /** Of the distinct texts, in their order. */
  readonly numbers: readonly number[];
  /** Vectors that are in no sealed shard yet. */
  readonly held: HeldRows;
};

/**
 * Brings vectors to disk while others are being encoded. Finished batches go into journal shards at once: those that
 * finish while one is being written go into the next one together. A finished window becomes a sealed shard, for which
 * what has not been journalled yet need not be written twice.
 */
export type VectorJournal = {
  /**
   * @param milliseconds that encoding the rows took
   * @returns once there is room for more: at most 64 MiB wait for the disk
   * @throws what has failed on disk so far
   */
  add(rows: HeldRows, milliseconds: number): Promise<void>;
  /** Resolves when the window before is sealed, so that two windows at most are in memory. @throws as `add` */
  seal(window: Window): Promise<void>;
  /** Writes what is left. @throws as `add` */
  end(): Promise<void>;
};

/** Work that may be lost: writing a shard costs more than to encode again what took less. */
const WORTH_MS = 10;
const WAITING_BYTES = 64 * 2 ** 20;

export function openJournal(index: VectorIndex): VectorJournal {
  let waiting = new Map<number, HeldRow>();
  let waitingBytes = 0;
  let waitingMs = 0;
  let failure: { readonly error: unknown } | undefined;
  /** One job at a time; never rejects. */
  let disk = Promise.resolve();
  let sealed = Promise.resolve();

  function enqueue(job: () => Promise<void>): Promise<void> {
    disk = disk.then(async () => {
      if (failure === undefined) await job();
    });
    disk = disk.catch((error: unknown) => {
      failure = { error };
    });
    return disk;
  }

  function takeWaiting(): HeldRows {
    const rows = waiting;
    waiting = new Map();
    waitingBytes = 0;
    waitingMs = 0;
    return rows;
  }

  async function flush(): Promise<void> {
    const rows = takeWaiting();
    if (rows.size > 0) await index.write("journal", rows);
  }

  function check(): void {
    if (failure !== undefined) throw failure.error;
  }

  return {
    async add(rows, milliseconds) {
      for (const [number, row] of rows) {
        waiting.set(number, row);
        waitingBytes += row.values.length;
      }
      waitingMs += milliseconds;
      if (waitingMs >= WORTH_MS) {
        const flushed = enqueue(flush);
        if (waitingBytes > WAITING_BYTES) await flushed;
      }
      check();
    },
    async seal(window) {
      takeWaiting();
      await sealed;
      check();
      sealed = enqueue(() => sealWindow(index, window));
    },
    async end() {
      await enqueue(flush);
      check();
    },
  };
}

/** Stores what is in no sealed shard in the order of the texts, and removes the journal shards that this makes needless. */
async function sealWindow(index: VectorIndex, { numbers, held }: Window): Promise<void> {
  await index.refresh();
  await index.settle(numbers, held);
  const rows = new Map<number, HeldRow>();
  for (const number of numbers) {
    const row = held.get(number);
    if (row !== undefined && !isSafe(index.find(number))) rows.set(number, row);
  }
  if (rows.size > 0) await index.write("sealed", rows);
  await index.sweep();
}
