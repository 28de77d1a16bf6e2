import { HarnessError } from "../errors.ts";
import { readFaissVectors } from "../storage/faiss-file.ts";
import { openVectorReader } from "../storage/vector-reader.ts";
import type { VectorFields, VectorFile } from "./vector-file.ts";

const BLOCK_BYTES = 4 << 20;

/**
 * The vectors of a FAISS index. With ids from the file an id is the label that FAISS returns, as a number; with ids from
 * elsewhere the labels are positions there, so that they must be 0 to `count - 1`, in whatever order.
 *
 * @throws {HarnessError} as `readFaissVectors`; `DATA_INVALID` for labels that are no positions
 */
export async function openFaissFile(path: string, { idField }: VectorFields): Promise<VectorFile> {
  const { vectors, ids } = await readFaissVectors(path);
  const { count, dim } = vectors;
  const rowAt = idField === undefined && ids !== undefined ? rowsByLabel(ids, path) : undefined;

  function readRows(rows: readonly number[]): Float64Array {
    const values = new Float64Array(rows.length * dim);
    const row = new Float32Array(dim);
    const reader = openVectorReader(vectors);
    try {
      for (const [at, position] of rows.entries()) {
        reader.read(rowAt?.[position] ?? position, 1, row);
        values.set(row, at * dim);
      }
    } finally {
      reader.close();
    }
    return values;
  }

  return {
    dim,
    read: (rows) => Promise.resolve(readRows(rows)),
    async *blocks() {
      const size = Math.max(1, Math.floor(BLOCK_BYTES / (dim * Float64Array.BYTES_PER_ELEMENT)));
      for (let first = 0; first < count; first += size) {
        const rows = Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index);
        const labels = idField === undefined ? undefined : rows.map((row) => String(ids?.[row] ?? row));
        yield { ids: labels, values: await Promise.resolve(readRows(rows)) };
      }
    },
  };
}

function rowsByLabel(labels: BigInt64Array, path: string): Int32Array {
  const rows = new Int32Array(labels.length).fill(-1);
  for (const [row, label] of labels.entries()) {
    if (label < 0n || label >= labels.length || rows[Number(label)] !== -1) {
      throw new HarnessError("DATA_INVALID", `expected the labels 0 to ${labels.length - 1}, found ${label}.`, {
        where: path,
        hint: "Without `ids` the labels themselves are the ids.",
      });
    }
    rows[Number(label)] = row;
  }
  return rows;
}
