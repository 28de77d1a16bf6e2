import type { StoredVectors } from "../domain/embeddings.ts";
import { HarnessError } from "../errors.ts";
import { type ShardLayout, VALUE_BYTES } from "../storage/shard-layout.ts";
import type { Place } from "./shard-places.ts";
import { isSafe, type VectorIndex } from "./vector-index.ts";

/**
 * Where the vectors of numbered keys lie, a row a number, and how many of the rows are of texts that were read in part.
 * Every number must be settled and sealed.
 *
 * @throws {HarnessError} `FILE_MISSING` when vectors are gone again
 */
export function storedRows(
  { dim, storage, find }: Pick<VectorIndex, "dim" | "storage" | "find">,
  numbers: Uint32Array,
): { readonly vectors: StoredVectors; readonly truncated: number } {
  const rowBytes = dim * VALUE_BYTES[storage];
  const files = new Map<string, number>();
  const runs: { row: number; file: number; offset: number }[] = [];
  let truncated = 0;
  let next = { file: -1, offset: 0 };
  for (const [row, number] of numbers.entries()) {
    const place = find(number);
    if (place === undefined || !isSafe(place)) throw goneError();
    const { path, truncated: cut } = place.shard;
    const file = files.get(path) ?? files.size;
    files.set(path, file);
    const offset = offsetOf(place, rowBytes);
    if (file !== next.file || offset !== next.offset) runs.push({ row, file, offset });
    next = { file, offset: offset + rowBytes };
    truncated += cut[place.row] ?? 0;
  }
  const vectors: StoredVectors = {
    count: numbers.length,
    dim,
    precision: storage,
    files: [...files.keys()],
    runs: {
      firstRows: Uint32Array.from(runs, ({ row }) => row),
      files: Uint32Array.from(runs, ({ file }) => file),
      offsets: Float64Array.from(runs, ({ offset }) => offset),
    },
  };
  return { vectors, truncated };
}

function offsetOf({ shard, row }: Place, rowBytes: number): number {
  const batch = batchOf(shard.layout, row);
  return batch === undefined ? 0 : batch.vectors.at + (row - batch.firstRow) * rowBytes;
}

/** The batch that holds a row: the last one that begins at or before it. */
function batchOf({ batches }: ShardLayout, row: number) {
  let low = 0;
  let high = batches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((batches[middle]?.firstRow ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return batches[low];
}

function goneError(): HarnessError {
  return new HarnessError("FILE_MISSING", "vectors were removed from the cache while they were in use.", {
    hint: "Run again; do not clear the cache meanwhile.",
  });
}
