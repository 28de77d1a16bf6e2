import { closeSync, openSync, readSync } from "node:fs";
import type { StoredVectors } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { halfToNumber } from "./float16.ts";

/** Reads rows of stored vectors; synchronous, because it serves worker threads that have nothing else to do. */
export type VectorReader = {
  /**
   * Reads rows `first` to `first + count` as float32.
   *
   * @param into exactly `count * dim` values; may be a view of shared or WebAssembly memory
   * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` when a file ends too early
   */
  read(first: number, count: number, into: Float32Array): void;
  close(): void;
};

const OPEN_FILES = 16;
/** Every float16 as float32; 256 KiB, made when the first float16 file is read. */
let halves: Float32Array | undefined;

/** A reader of its own for each thread: it holds up to 16 open files and one read buffer. */
export function openVectorReader(vectors: StoredVectors): VectorReader {
  const { count, dim, precision, files, runs } = vectors;
  const handles = new Map<string, number>();
  let half = new Uint16Array(0);

  function handleOf(path: string): number {
    const open = handles.get(path);
    if (open !== undefined) return open;
    for (const [oldest, handle] of handles) {
      if (handles.size < OPEN_FILES) break;
      handles.delete(oldest);
      closeSync(handle);
    }
    const handle = openSync(path, "r");
    handles.set(path, handle);
    return handle;
  }

  /** Fills `into` from one place of one file. */
  function fill(path: string, into: Uint8Array, at: number): void {
    try {
      const handle = handleOf(path);
      for (let done = 0; done < into.length; ) {
        const read = readSync(handle, into, done, into.length - done, at + done);
        if (read === 0) throw endsEarly(path, at + done);
        done += read;
      }
    } catch (cause) {
      throw fileError(path, "read", cause);
    }
  }

  function readRun(path: string, into: Float32Array, at: number): void {
    if (precision === "float32") {
      fill(path, bytesOf(into), at);
      return;
    }
    if (half.length < into.length) half = new Uint16Array(into.length);
    const read = half.subarray(0, into.length);
    fill(path, bytesOf(read), at);
    const table = halfTable();
    for (let index = 0; index < read.length; index++) into[index] = table[read[index] ?? 0] ?? 0;
  }

  return {
    read(first, rows, into) {
      if (first < 0 || first + rows > count || into.length !== rows * dim) {
        throw new RangeError(`expected rows within ${count} of ${dim} values, got ${first} + ${rows} (${into.length})`);
      }
      const rowBytes = dim * (precision === "float32" ? 4 : 2);
      let run = runOf(runs.firstRows, first);
      for (let row = first; row < first + rows; run++) {
        const start = runs.firstRows[run] ?? count;
        const end = Math.min(first + rows, runs.firstRows[run + 1] ?? count);
        const path = files[runs.files[run] ?? 0] ?? "";
        const at = (runs.offsets[run] ?? 0) + (row - start) * rowBytes;
        readRun(path, into.subarray((row - first) * dim, (end - first) * dim), at);
        row = end;
      }
    },
    close() {
      for (const handle of handles.values()) closeSync(handle);
      handles.clear();
    },
  };
}

/** The run that holds a row: the last one that begins at or before it. */
function runOf(firstRows: Uint32Array, row: number): number {
  let low = 0;
  let high = firstRows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((firstRows[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A view, never the buffer itself: of shared memory Node would fill a copy. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfToNumber(bits));
  return halves;
}

function endsEarly(path: string, at: number): HarnessError {
  return new HarnessError("DATA_INVALID", `expected vectors, but the file ends at byte ${at}.`, {
    where: path,
    hint: "It was cut or replaced; delete it and run again.",
  });
}
