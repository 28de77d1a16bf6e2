import { closeSync, openSync, readSync } from "node:fs";
import type { StoredVectors } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { halfToNumber } from "./float16.ts";
import { VALUE_BYTES } from "./shard-layout.ts";

/** Reads rows of stored vectors; synchronous, so that worker threads can use it. */
export type VectorReader = {
  /**
   * Reads rows `first` to `first + count` as float32.
   *
   * @param into exactly `count * dim` values
   * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` when a file ends too early
   */
  read(first: number, count: number, into: Float32Array): void;
  close(): void;
};

/** Holds one file open at a time. */
export function openVectorReader({ count, dim, precision, files, runs }: StoredVectors): VectorReader {
  let open: { readonly path: string; readonly handle: number } | undefined;

  function close(): void {
    if (open !== undefined) closeSync(open.handle);
    open = undefined;
  }

  function fill(path: string, at: number, into: Uint8Array): void {
    try {
      if (open?.path !== path) close();
      open ??= { path, handle: openSync(path, "r") };
      for (let done = 0; done < into.length; ) {
        const read = readSync(open.handle, into, done, into.length - done, at + done);
        if (read === 0) throw new HarnessError("DATA_INVALID", `it ends at byte ${at + done}.`, { where: path });
        done += read;
      }
    } catch (cause) {
      throw fileError(path, "read", cause);
    }
  }

  function fillHalves(path: string, at: number, into: Float32Array): void {
    const halves = new Uint16Array(into.length);
    fill(path, at, bytesOf(halves));
    for (const [index, half] of halves.entries()) into[index] = halfToNumber(half);
  }

  return {
    close,
    read(first, rows, into) {
      if (first < 0 || first + rows > count || into.length !== rows * dim) {
        throw new RangeError(`expected rows below ${count} of ${dim} values, got ${first} + ${rows} (${into.length})`);
      }
      const rowBytes = dim * VALUE_BYTES[precision];
      let run = runOf(runs.firstRows, first);
      for (let row = first; row < first + rows; run++) {
        const end = Math.min(first + rows, runs.firstRows[run + 1] ?? count);
        const at = (runs.offsets[run] ?? 0) + (row - (runs.firstRows[run] ?? 0)) * rowBytes;
        const values = into.subarray((row - first) * dim, (end - first) * dim);
        const path = files[runs.files[run] ?? 0] ?? "";
        if (precision === "float32") fill(path, at, bytesOf(values));
        else fillHalves(path, at, values);
        row = end;
      }
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

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
